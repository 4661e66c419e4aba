import { endStandInRow, lockStandIn } from '#db/queries/stand-ins.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

/** Ends it before its day: who is away, who stands in, or an administrator. Counts at once. Throws Refusal (stand_in_refused). */
export async function endStandIn(
  context: Context,
  {
    standInId,
    actor,
    idempotencyKey,
  }: { readonly standInId: number; readonly actor: Actor; readonly idempotencyKey?: string | undefined },
): Promise<void> {
  await perform(context, { name: 'endStandIn', actor, idempotencyKey, request: { standInId } }, async (tx) => {
    const found = await lockStandIn(tx, standInId)
    if (!found || (actor.role !== 'admin' && actor.name !== found.forPerson && actor.name !== found.standIn))
      throw new Refusal('stand_in_refused', 'it is not yours to end')
    if (found.endedAt !== null) throw new Refusal('stand_in_refused', `${found.endedBy} ended it already`)
    await endStandInRow(tx, standInId, actor.name, context.now())
    const { forPerson, standIn } = found
    const audit = {
      action: 'stand_in.ended',
      objectType: 'person',
      objectId: forPerson,
      after: { standIn: standInId, by: standIn },
    }
    return { result: undefined, entities: [], audit }
  })
}
