import { againstFirst, againstRole } from '#app/routes/_console/against-role.ts'
import type { Actor } from '#server/domain/actor.ts'
import { bulkReplayCan } from '#server/domain/bulk-replay.ts'
import type { ReplayView } from '#app/.server/reads.ts'

export type Reasons = Readonly<Record<'start' | 'decide' | 'abort', string | null>>

/** Why a button cannot be pressed; null where it can. The services refuse the same. */
export function reasonsAgainst(
  actor: Actor,
  { replay, results, moved }: Pick<ReplayView, 'replay' | 'results' | 'moved'>,
): Reasons {
  const left = results.some(({ result, count }) => result === null && count > 0)
  const isStale = moved.length > 0 ? 'Something moved since the rehearsal: rehearse again.' : null
  const isOwn = replay.requestedBy === actor.name
  return {
    start:
      againstRole(actor, 'startBulkReplay') ??
      (!bulkReplayCan('start', replay.status) ? 'It is carried out when it was rehearsed.' : null) ??
      (isOwn ? null : `${replay.requestedBy} rehearsed it. Rehearse it yourself to replay it.`) ??
      (left ? null : 'No record of it may be replayed.') ??
      isStale,
    decide:
      againstRole(actor, 'approveBulkReplay') ??
      (!bulkReplayCan('decide', replay.status) ? 'It does not wait for an approval.' : null) ??
      againstFirst(actor, replay.requestedBy, 'asked for'),
    abort: againstRole(actor, 'abortBulkReplay') ?? (bulkReplayCan('abort', replay.status) ? null : 'It has ended.'),
  }
}
