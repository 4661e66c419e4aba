import { decideEndings } from '#db/queries/triage.ts'
import { firstIs, type Actor } from '#server/domain/actor.ts'
import { mayMove } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { expectReason } from './reason.ts'
import { actOn, type Acted, type Seen } from './triage/act-on.ts'

export type DecideEnding = {
  readonly exceptions: readonly Seen[]
  readonly decision: 'approved' | 'declined' | 'withdrawn'
  /** A refusal needs one. */
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * What a second person says to a proposed ending. Who proposed it, or asked for a run that found it, does not approve it; who proposed
 * it may withdraw it. Throws Refusal (reason_missing).
 */
export async function decideEnding(
  context: Pick<Context, 'db'>,
  { exceptions, decision, reason, actor, idempotencyKey }: DecideEnding,
): Promise<Acted> {
  if (decision === 'declined') expectReason(reason)
  const event = `ending_${decision}`
  const act = { name: 'decideEnding', event, actor, exceptions, reason, request: { decision }, idempotencyKey } as const
  return actOn(
    context,
    act,
    (row) => {
      const { openEnding } = row
      if (!openEnding) return 'no ending is proposed'
      if (decision === 'withdrawn') return openEnding.proposedBy === actor.name ? {} : 'only who proposed it withdraws it'
      const first = firstIs(actor, openEnding.proposedBy)
      if (first) return `${first} proposed it: somebody else decides`
      if (decision === 'declined') return {}
      if (row.runsAskedBy.includes(actor.name)) return 'you asked for a run that found it: somebody else decides'
      if (!mayMove(row.state, openEnding.ending)) return `it is ${row.state.replaceAll('_', ' ')} already`
      return { state: openEnding.ending, waivedUntil: openEnding.until }
    },
    (tx, rows) =>
      decideEndings(
        tx,
        rows.flatMap(({ openEnding }) => (openEnding ? [openEnding.endingId] : [])),
        { decision, by: actor.name, reason: reason?.trim() || null },
      ),
  )
}
