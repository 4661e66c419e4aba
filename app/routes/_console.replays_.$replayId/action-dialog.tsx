import { Form } from '@remix-run/react'
import { useState, type ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { resultsWords } from '#app/routes/_console/replay-words.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { Screen } from './screen.ts'
import { supersedesWords, whyApproval } from './superseded.tsx'

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
  switch (search.do) {
    case 'start':
      return (
        <Asks
          {...{ screen, refusal }}
          title={`Replay ${counted(judged, 'record')}?`}
          choices={[
            {
              intent: 'start',
              label: why !== null ? 'Ask for approval' : `Replay ${counted(judged, 'record')}`,
              kind: 'primary',
            },
          ]}
        >
          <p>The rehearsal says: {resultsWords(foretold)}.</p>
          <p>{supersedesWords(screen)}</p>
          {why !== null && <p>It {why}, so a controller decides before anything is done.</p>}
          <p className="text-ink-2">
            It goes on by itself, run after run, and may be aborted between two of them. An exception closes only where its
            control passes again.
          </p>
        </Asks>
      )
    case 'decide':
      return (
        <Asks
          {...{ screen, refusal }}
          title={`Let replay ${replay.bulkReplayId} go on?`}
          choices={[
            { intent: 'decline', label: 'Decline', kind: 'secondary' },
            { intent: 'approve', label: 'Approve', kind: 'primary' },
          ]}
        >
          <p>
            {replay.requestedBy} asks for it: “{replay.reason}”.{why !== null && ` It ${why}.`}
          </p>
          <p>
            The rehearsal says: {resultsWords(foretold)}.
            {replay.closedPeriods.length > 0 && ' The periods stay closed for everything else.'}
          </p>
          <p>{supersedesWords(screen)}</p>
        </Asks>
      )
    case 'abort':
      return (
        <Asks
          {...{ screen, refusal }}
          title={`Abort replay ${replay.bulkReplayId}?`}
          choices={[{ intent: 'abort', label: 'Abort it', kind: 'danger' }]}
        >
          <p>The run that is under way comes to its end; what had no turn is skipped. What is published stays.</p>
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
