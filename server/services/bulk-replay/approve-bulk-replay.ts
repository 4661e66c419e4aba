import { changeBulkReplay, leaveRecords, lockBulkReplay, type BulkReplay } from '#db/queries/bulk-replays.ts'
import { findSightOf } from '#db/queries/bulk-views.ts'
import { enqueueBulkReplay } from '#db/queries/queue.ts'
import { listTouchedByReplay } from '#db/queries/touched-certifications.ts'
import type { Actor } from '#server/domain/actor.ts'
import { bulkReplayCan } from '#server/domain/bulk-replay.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform, refuseFirst } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { eachTouched, expectFresh } from './start-bulk-replay.ts'

export type ApproveBulkReplay = {
  readonly bulkReplayId: number
  readonly isApproved: boolean
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * A second person lets a replay into closed periods and over what people signed, or declines. The periods stay closed for everything else. Throws Refusal
 * (reason_missing, bulk_replay_not_found, bulk_replay_refused, same_person, rehearsal_stale).
 */
export async function approveBulkReplay(
  context: Pick<Context, 'db' | 'now'>,
  { bulkReplayId, isApproved, reason, actor, idempotencyKey }: ApproveBulkReplay,
): Promise<{ bulkReplayId: number; status: BulkReplay['status'] }> {
  expectReason(reason)
  const request = { bulkReplayId, isApproved, reason }
  return perform(context, { name: 'approveBulkReplay', actor, reason, idempotencyKey, request }, async (tx) => {
    const bulk = await lockBulkReplay(tx, bulkReplayId)
    if (!bulk || !(await findSightOf(tx, bulkReplayId, actor))) throw new Refusal('bulk_replay_not_found', String(bulkReplayId))
    if (!bulkReplayCan('decide', bulk.status))
      throw new Refusal('bulk_replay_refused', `replay ${bulkReplayId} is ${bulk.status}`)
    refuseFirst(actor, bulk.requestedBy, 'asked for it')
    const decided = { decidedBy: actor.name, decidedAt: context.now(), decisionReason: reason, isApproved }
    const status = isApproved ? 'running' : 'declined'
    const touched = await listTouchedByReplay(tx, bulkReplayId, null)
    if (isApproved) {
      await expectFresh(tx, bulk)
      await changeBulkReplay(tx, bulkReplayId, { ...decided, status })
      await enqueueBulkReplay(tx, bulkReplayId)
    } else {
      await leaveRecords(tx, bulkReplayId, 'result', { result: 'not_allowed', why: 'override_declined' })
      await changeBulkReplay(tx, bulkReplayId, { ...decided, status, endedAt: context.now() })
    }
    return {
      result: { bulkReplayId, status },
      entities: [
        ...new Set([...bulk.closedPeriods.map((period) => period.split(' ')[0]!), ...touched.map(({ entity }) => entity)]),
      ],
      audit: await eachTouched(tx, bulk, { action: isApproved ? 'replay.approved' : 'replay.declined' }),
    }
  })
}
