import { changeBulkReplay, leaveRecords, lockBulkReplay, type BulkReplay } from '#db/queries/bulk-replays.ts'
import { findSightOf } from '#db/queries/bulk-views.ts'
import { enqueueBulkReplay } from '#db/queries/queue.ts'
import type { Actor } from '#server/domain/actor.ts'
import { bulkReplayCan } from '#server/domain/bulk-replay.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

export type AbortBulkReplay = {
  readonly bulkReplayId: number
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Stops a bulk replay before its next run. What is published stays; the run that is under way comes to its end, and what had no turn
 * is skipped. Throws Refusal (bulk_replay_not_found, bulk_replay_refused, outside_entity_scope).
 */
export async function abortBulkReplay(
  context: Pick<Context, 'db' | 'now'>,
  { bulkReplayId, reason, actor, idempotencyKey }: AbortBulkReplay,
): Promise<{ bulkReplayId: number; status: BulkReplay['status'] }> {
  return perform(context, { name: 'abortBulkReplay', actor, reason, idempotencyKey, request: { bulkReplayId } }, async (tx) => {
    const bulk = await lockBulkReplay(tx, bulkReplayId)
    const sight = await findSightOf(tx, bulkReplayId, actor)
    if (!bulk || !sight) throw new Refusal('bulk_replay_not_found', String(bulkReplayId))
    if (sight === 'partly') throw new Refusal('outside_entity_scope', 'it replays records of other entities as well')
    if (!bulkReplayCan('abort', bulk.status)) throw new Refusal('bulk_replay_refused', `replay ${bulkReplayId} is ${bulk.status}`)
    const aborted = { abortedBy: actor.name, abortedAt: context.now() }
    const status = bulk.status === 'running' ? 'aborting' : 'aborted'
    if (status === 'aborted') {
      await leaveRecords(tx, bulkReplayId, 'rehearsed', { result: 'skipped', why: 'aborted' })
      await leaveRecords(tx, bulkReplayId, 'result', { result: 'skipped', why: 'aborted' })
    } else await enqueueBulkReplay(tx, bulkReplayId)
    await changeBulkReplay(tx, bulkReplayId, { ...aborted, status, ...(status === 'aborted' && { endedAt: context.now() }) })
    const audit = {
      action: 'replay.aborted',
      objectType: 'replay',
      objectId: String(bulkReplayId),
      before: { status: bulk.status },
    }
    return { result: { bulkReplayId, status }, entities: [], audit }
  })
}
