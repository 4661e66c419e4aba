import { Form } from '@remix-run/react'
import { useState, type ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { resultsWords } from '#app/routes/_console/replay-words.tsx'
import { SignedBefore } from '#app/routes/_console/signed-before.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { Screen } from './screen.ts'
import { whyApproval } from './superseded.tsx'

type Part = DialogPart<Screen>
type Choice = { readonly intent: string; readonly label: string; readonly kind: 'primary' | 'secondary' | 'danger' }

/** The dialog that the address names. */
export function ActionDialog({ screen, refusal }: Part) {
  const { replay, rehearsed, search } = screen
  const why = whyApproval(screen)
  const foretold = Object.fromEntries(
    rehearsed.map(({ result }) => [
      result ?? 'open',
      rehearsed.filter((sum) => sum.result === result).reduce((n, { count }) => n + count, 0),
    ]),
  )
  const judged = rehearsed.reduce((n, { result, count }) => (result === 'skipped' || result === 'not_allowed' ? n : n + count), 0)
  const isGoing = replay.status === 'running' || replay.status === 'aborting'
  switch (search.do) {
    case 'start':
      return (
        <Asks
          {...{ screen, refusal }}
          title={
            why === null ? `Replay ${counted(judged, 'record')}?` : `Ask for approval to replay ${counted(judged, 'record')}?`
          }
          choices={[
            {
              intent: 'start',
              label: why !== null ? 'Ask for approval' : `Replay ${counted(judged, 'record')}`,
              kind: 'primary',
            },
          ]}
        >
          <p>By the rehearsal: {resultsWords(foretold, 'foretold')}.</p>
          <SignedBefore certifications={screen.certifications} />
          {why !== null && <p>{`It ${why}: a controller, not you, decides. Until then nothing is done.`}</p>}
          <p className="text-ink-2">
            {why === null ? 'It' : 'Once approved it'} goes on by itself, run after run, and may be aborted between two of them.
            An exception closes only where its control passes again.
          </p>
        </Asks>
      )
    case 'decide':
      return (
        <Asks
          {...{ screen, refusal }}
          title={`Let replay ${replay.bulkReplayId} begin?`}
          choices={[
            { intent: 'decline', label: 'Decline', kind: 'secondary' },
            { intent: 'approve', label: 'Approve', kind: 'primary' },
          ]}
        >
          <p>
            {replay.requestedBy} asks for it{replay.reason && `: “${replay.reason}”`}.{why !== null && ` It ${why}.`}
          </p>
          <p>
            By the rehearsal: {resultsWords(foretold, 'foretold')}.
            {replay.closedPeriods.length > 0 && ' The periods stay closed for everything else.'}
          </p>
          <SignedBefore certifications={screen.certifications} />
          <p>Approved, it begins at once. Declined, nothing is done.</p>
        </Asks>
      )
    case 'abort':
      return (
        <Asks
          {...{ screen, refusal }}
          title={`${isGoing ? 'Abort' : 'Discard'} replay ${replay.bulkReplayId}?`}
          choices={[{ intent: 'abort', label: isGoing ? 'Abort it' : 'Discard it', kind: 'danger' }]}
        >
          <p>
            {isGoing
              ? 'The run that is under way comes to its end; what had no turn is skipped. What is published stays.'
              : 'Nothing of it was replayed, and nothing will be.'}
          </p>
        </Asks>
      )
    default:
      return null
  }
}

function Asks({
  screen,
  refusal,
  title,
  choices,
  children,
}: Part & { title: string; choices: readonly Choice[]; children: ReactNode }) {
  const { replay, scope, key } = screen
  const against = screen.search.do ? screen.reasons[screen.search.do] : null
  // Kept while the dialog is open: asking twice is asking once.
  const [idempotencyKey] = useState(key)
  const closeHref = paths.replay(replay.bulkReplayId, scope)
  const isSending = useIsSending()
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={title}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            {choices.map(({ intent, label, kind }) => (
              <Button
                key={intent}
                type="submit"
                name="intent"
                value={intent}
                kind={kind}
                pending={isSending}
                disabledReason={against}
                reasonAlign="end"
              >
                {label}
              </Button>
            ))}
          </>
        }
      >
        <Refused refusal={refusal} />
        {children}
        {against && <Notice kind="info" title={against} />}
        <input type="hidden" name="idempotencyKey" value={idempotencyKey} autoComplete="off" />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
