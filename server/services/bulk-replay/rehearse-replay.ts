import { changeBulkReplay, insertBulkReplay, planPublications, readBasis } from '#db/queries/bulk-replays.ts'
import { enqueueBulkReplay } from '#db/queries/queue.ts'
import type { Actor } from '#server/domain/actor.ts'
import { ReplayAsked } from '#server/domain/replay-asked.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

export type RehearseReplay = {
  readonly asked: ReplayAsked
  readonly rules: ReplayRules
  /** Records of closed periods as well; the replay then waits for a second person. */
  readonly intoClosed?: boolean | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Freezes the selection and judges it without publishing anything. The replay itself is confirmed from what is found
 * (startBulkReplay). Throws Refusal (input_invalid, nothing_to_replay).
 */
export async function rehearseReplay(
  context: Pick<Context, 'db'>,
  { asked, rules, intoClosed = false, actor, idempotencyKey }: RehearseReplay,
): Promise<{ bulkReplayId: number; records: number }> {
  const conditions = ReplayAsked.safeParse(asked)
  if (!conditions.success) throw new Refusal('input_invalid', conditions.error.issues.map((issue) => issue.message).join('; '))
  const request = { asked: conditions.data, rules, intoClosed }
  return perform(context, { name: 'rehearseReplay', actor, idempotencyKey, request }, async (tx) => {
    const made = await insertBulkReplay(tx, { ...request, scope: actor.entityScope, requestedBy: actor.name })
    if (made.records === 0) throw new Refusal('nothing_to_replay')
    const { publications = 0 } = conditions.data
    if (publications > 0) await planPublications(tx, made.bulkReplayId, publications)
    await changeBulkReplay(tx, made.bulkReplayId, { basis: await readBasis(tx, made.bulkReplayId) })
    await enqueueBulkReplay(tx, made.bulkReplayId)
    const audit = {
      action: 'replay.requested',
      objectType: 'replay',
      objectId: String(made.bulkReplayId),
      after: { ...request, ...made },
    }
    return { result: made, entities: [], audit }
  })
}
