import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { RollbackEffect } from './rollback-effect.tsx'
import type { Screen } from './screen.ts'

/** What a rollback would touch, before anybody decides. */
export function RollbackDialog({ screen, refusal }: DialogPart<Screen>) {
  const { run, scope, rollbackPreview, reasons } = screen
  const closeHref = paths.run(run.runId, scope)
  const isSending = useIsSending()
  if (!rollbackPreview) return <NothingToRollBack screen={screen} />
  const { publication, slices, laterPublication, isPartlyHidden, closedPeriods, members } = rollbackPreview
  const ended = slices.reduce((n, slice) => n + slice.ended, 0)
  const restored = slices.reduce((n, slice) => n + slice.restored, 0)
  const against = reasons.rollback ?? againstBySubstance(laterPublication, isPartlyHidden)
  const movesClosed = closedPeriods.length > 0
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        size="wide"
        title={`Roll back publication ${publication}?`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Leave it as it stands
            </ButtonLink>
            <Button
              type="submit"
              kind={movesClosed ? 'primary' : 'danger'}
              pending={isSending}
              disabledReason={against}
              reasonAlign="end"
            >
              {movesClosed ? 'Ask for approval' : wouldDo({ ended, restored, members })}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        {movesClosed && <MovesClosed periods={closedPeriods}>A controller decides before anything is done.</MovesClosed>}
        <RollbackEffect preview={rollbackPreview} />
        {reasons.rollback && <Notice kind="info" title={reasons.rollback} />}
        <Intent screen={screen} intent={movesClosed ? 'askRollback' : 'rollback'} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}

function wouldDo({ ended, restored, members }: { ended: number; restored: number; members: number }): string {
  if (ended + restored > 0) return `End ${counted(ended, 'line')}, bring back ${restored.toLocaleString('en')}`
  return members > 0 ? `End ${counted(members, 'member')}` : 'Roll it back'
}

/** What somebody asks for, before a second person says yes or no. */
export function DecideRollbackDialog({ screen, refusal }: DialogPart<Screen>) {
  const { run, scope, rollbackPreview, rollbackAsked, reasons, key } = screen
  const closeHref = paths.run(run.runId, scope)
  const isSending = useIsSending()
  if (!rollbackPreview || !rollbackAsked) return <NothingToRollBack screen={screen} />
  const { requestId, requestedBy, reason, closedPeriods } = rollbackAsked
  const answer = (intent: string, label: string, kind: 'secondary' | 'primary') => (
    <Button
      type="submit"
      name="intent"
      value={intent}
      kind={kind}
      pending={isSending}
      disabledReason={reasons.decideRollback}
      reasonAlign="end"
    >
      {label}
    </Button>
  )
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        size="wide"
        title={`Let publication ${rollbackPreview.publication} be rolled back in closed periods?`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            {answer('declineRollback', 'Decline', 'secondary')}
            {answer('approveRollback', 'Approve and roll back', 'primary')}
          </>
        }
      >
        <Refused refusal={refusal} />
        <MovesClosed periods={closedPeriods}>
          {requestedBy} asks for it: “{reason}”. The periods stay closed for everything else.
        </MovesClosed>
        <RollbackEffect preview={rollbackPreview} />
        {reasons.decideRollback && <Notice kind="info" title={reasons.decideRollback} />}
        <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
        <input type="hidden" name="requestId" value={requestId} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}

const NothingToRollBack = ({ screen: { run, scope, reasons } }: { screen: Screen }) => (
  <Dialog title="There is nothing to roll back" closeHref={paths.run(run.runId, scope)}>
    <p>{reasons.rollback ?? 'This run published nothing.'}</p>
  </Dialog>
)

const MovesClosed = ({ periods, children }: { periods: readonly string[]; children: ReactNode }) => (
  <Notice kind="attention" title={`It moves closed periods: ${periods.join(', ')}`}>
    {children}
  </Notice>
)

function againstBySubstance(laterPublication: number | null, isPartlyHidden: boolean): string | null {
  if (laterPublication !== null) return `Roll back publication ${laterPublication} first.`
  return isPartlyHidden ? 'It touches entities outside your scope.' : null
}
