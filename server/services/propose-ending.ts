import { Temporal } from 'temporal-polyfill'
import { insertEndings } from '#db/queries/triage.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { mayMove, type Ending } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { expectReason } from './reason.ts'
import { actOn, type Acted, type Decide, type Seen } from './triage/act-on.ts'

/** A waiver is for a while: what is to stay so belongs into a rule of the job. */
export const WAIVER_DAYS_MAX = 366

export type ProposeEnding = {
  readonly exceptions: readonly Seen[]
  readonly ending: Ending
  /** The last day of a waiver, an ISO date. */
  readonly until?: string | undefined
  readonly reason: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Proposes to waive an exception until a day, to reject what it is about, or says that it was done outside. Nothing changes until a
 * second person agrees: decideEnding. Throws Refusal (reason_missing, input_invalid).
 */
export async function proposeEnding(
  context: Pick<Context, 'db' | 'now'>,
  { exceptions, ending, until, reason, actor, idempotencyKey }: ProposeEnding,
): Promise<Acted> {
  expectReason(reason)
  const lastDay = ending === 'waived' ? expectLastDay(until, context.now()) : null
  const request = { ending, until: lastDay }
  const act = { name: 'proposeEnding', event: 'ending_proposed', actor, exceptions, reason, request, idempotencyKey } as const
  return actOn(context, act, proposing(ending), (tx, rows) =>
    insertEndings(
      tx,
      rows.map(({ exceptionId }) => exceptionId),
      { ending, reason: reason.trim(), until: lastDay, by: actor.name },
    ),
  )
}

/** What becomes of each: it waits for a second person. */
export const proposing =
  (ending: Ending): Decide =>
  (row) => {
    if (row.openEnding) return `${row.openEnding.proposedBy} proposed an ending already`
    if (!mayMove(row.state, ending)) return `it is ${row.state.replaceAll('_', ' ')} already`
    return {}
  }

/** Throws Refusal (input_invalid). */
export function expectLastDay(until: string | undefined, now: Date): string {
  const today = Temporal.Instant.from(now.toISOString()).toZonedDateTimeISO('UTC').toPlainDate()
  const last = /^\d{4}-\d{2}-\d{2}$/.test(until ?? '') ? plainDate(until!) : null
  if (!last) throw new Refusal('input_invalid', 'say until when it is waived')
  const days = today.until(last).days
  if (days < 0) throw new Refusal('input_invalid', 'a waiver ends today at the earliest')
  if (today.until(last, { largestUnit: 'days' }).days > WAIVER_DAYS_MAX)
    throw new Refusal('input_invalid', `a waiver holds for at most ${WAIVER_DAYS_MAX} days`)
  return last.toString()
}

function plainDate(text: string): Temporal.PlainDate | null {
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return null
  }
}
