import { Form } from '@remix-run/react'
import type { ActPreview } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { paths, type ExceptionsSearch } from '#app/paths.ts'
import { Refused, useIsSending } from '#app/routes/_console/dialog-parts.tsx'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { ActFields, type People } from './act-fields.tsx'
import type { ActName } from './acts.ts'

type Props = {
  act: ActName
  preview: ActPreview
  people: People
  view: ExceptionsSearch
  idempotencyKey: string
  refusal: ReturnType<typeof useRefusal>
  /** The date today, for what ends on a day. */
  today: string
}

const TITLES: Record<ActName, string> = {
  assign: 'Assign',
  end: 'Propose to end without a fix',
  waive: 'Propose to waive',
  decide: 'Decide on the proposed ending',
  grade: 'Set the severity',
  note: 'Write a note',
  reopen: 'Take up again',
}

/** An act on one exception or on ten thousand: what it reaches, what it cannot reach and why, and what it needs to know. */
export function ActDialog({ act, preview, people, view, idempotencyKey, refusal, today }: Props) {
  const isSending = useIsSending()
  const { chosen, refused } = preview
  const closeHref = paths.exceptions(view)
  const reached = chosen.length - refused.reduce((sum, { count }) => sum + count, 0)
  const against =
    chosen.length === 0 ? 'None of these is there any more.' : reached === 0 && act !== 'note' ? refused[0]?.why : null
  return (
    <Form method="post" action={closeHref} preventScrollReset>
      <input type="hidden" name="idempotencyKey" value={idempotencyKey} autoComplete="off" />
      <input
        type="hidden"
        name="chosen"
        value={chosen.map(({ exceptionId, revision }) => `${exceptionId}:${revision}`).join(',')}
      />
      <Dialog
        size="wide"
        title={`${TITLES[act]}: ${chosen.length === 1 ? exceptionTitle(preview.rows[0]!.title) : counted(chosen.length, 'exception')}`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Leave as it is
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={against} reasonAlign="end">
              {TITLES[act]}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <Effect preview={preview} isAside={act === 'note'} />
        <ActFields act={act} people={people} refusal={refusal} today={today} />
      </Dialog>
    </Form>
  )
}

function Effect({
  preview: { chosen, rows, records, amounts, entities, heldRuns, refused },
  isAside,
}: {
  preview: ActPreview
  isAside: boolean
}) {
  return (
    <>
      {chosen.length > 1 && (
        <ul className="grid gap-0.5">
          {rows.map(({ exceptionId, title }) => (
            <li key={exceptionId}>{exceptionTitle(title)}</li>
          ))}
          {chosen.length > rows.length && <li className="text-ink-2">and {chosen.length - rows.length} more</li>}
        </ul>
      )}
      <KeyValue
        items={[
          { key: 'Occurrences', value: records.toLocaleString('en') },
          {
            key: 'At stake',
            value:
              amounts.length === 0
                ? 'no amount'
                : amounts.map(({ currency, amount }, index) => (
                    <span key={currency}>
                      {index > 0 && ', '}
                      <Amount value={amount} currency={currency} withCurrency />
                    </span>
                  )),
          },
          { key: 'Entities', value: <span className="mono">{entities.join(', ') || 'whole jobs'}</span> },
          ...(heldRuns.length > 0 ? [{ key: 'Holds', value: counted(heldRuns.length, 'load') }] : []),
        ]}
      />
      {!isAside &&
        refused.map(({ why, count }) => (
          <Notice key={why} kind="attention" title={`Nothing is done with ${counted(count, 'exception')}`}>
            {why}
          </Notice>
        ))}
    </>
  )
}
