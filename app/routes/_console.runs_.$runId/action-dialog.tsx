import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { Button, ButtonLink, type ButtonKind } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { byteWords, counted } from '#app/routes/_console/words.ts'
import type { Screen } from './screen.ts'
import { WhatItCovers } from './what-it-covers.tsx'
import { DecideRollbackDialog, RollbackDialog } from './rollback-dialog.tsx'

/** The dialog that the address names, over the run it is about. */
export function ActionDialog({ screen, refusal }: DialogPart<Screen>) {
  switch (screen.search.do) {
    case 'replay':
      return <ReplayDialog screen={screen} refusal={refusal} />
    case 'rollback':
      return <RollbackDialog screen={screen} refusal={refusal} />
    case 'decide':
      return <DecideRollbackDialog screen={screen} refusal={refusal} />
    case 'restart':
      return (
        <PlainDialog
          {...{ screen, refusal }}
          title={`Restart run ${screen.run.runId}?`}
          intent="restart"
          submit={`Restart run ${screen.run.runId}`}
        >
          It goes on as attempt {screen.run.attempt + 1}, from the input that is stored: nothing is asked of the source twice, and
          nothing is published before it is proved.
          <StoredInput screen={screen} />
        </PlainDialog>
      )
    case 'cancel':
      return (
        <PlainDialog
          {...{ screen, refusal }}
          title={`Cancel run ${screen.run.runId}?`}
          intent="cancel"
          submit={`Cancel run ${screen.run.runId}`}
          kind="danger"
          back="Let it go on"
        >
          It stops within a second and what it has prepared is undone. Nothing of it was published, so no figure changes. Its
          input stays and can be replayed.
        </PlainDialog>
      )
    default:
      return null
  }
}

/** What a restart begins with: known by bytes at once, by records and amounts where an earlier attempt came so far. */
function StoredInput({ screen: { deliveries, totals } }: { screen: Screen }) {
  const bytes = deliveries.reduce((sum, { byteCount }) => sum + byteCount, 0)
  const read = totals.filter(({ checkpoint }) => checkpoint === 'extracted')
  return (
    <>
      <p>
        {deliveries.length === 0
          ? 'Nothing is stored yet: it asks the source from the beginning.'
          : `${counted(deliveries.length, 'artifact is', 'artifacts are')} stored, ${byteWords(bytes)}.`}
      </p>
      <WhatItCovers verb="The last attempt read" rows={read} />
      {deliveries.length > 0 && read.length === 0 && (
        <p className="text-ink-2">How many records, amounts and periods that is, is known when they have been read.</p>
      )}
    </>
  )
}

type PlainProps = DialogPart<Screen> & {
  title: string
  intent: 'restart' | 'cancel'
  submit: string
  kind?: ButtonKind
  back?: string
  children: ReactNode
}

function PlainDialog({ screen, refusal, title, intent, submit, kind = 'primary', back = 'Back', children }: PlainProps) {
  const closeHref = paths.run(screen.run.runId, screen.scope)
  const reasonAgainst = screen.reasons[intent]
  const isSending = useIsSending()
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={title}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              {back}
            </ButtonLink>
            <Button type="submit" kind={kind} pending={isSending} disabledReason={reasonAgainst} reasonAlign="end">
              {submit}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <div className="grid gap-2">{children}</div>
        {reasonAgainst && <Notice kind="info" title={reasonAgainst} />}
        <Intent screen={screen} intent={intent} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
