import { answerReopening, lockReopening, savePeriodState } from '#db/queries/periods.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { perform, refuseFirst } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { basisOf, reopeningEffect } from './reopening-effect.ts'

export type DecideReopening = {
  readonly requestId: number
  readonly isApproved: boolean
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * A second person reopens a closed period, or declines. Only with what was asked for: where something else would be let in or superseded by
 * now, it is refused. Throws Refusal (reason_missing, reopening_not_asked, same_person, reopening_moved, outside_entity_scope).
 */
export async function decideReopening(
  context: Context,
  { requestId, isApproved, reason, actor, idempotencyKey }: DecideReopening,
): Promise<{ entity: string; period: string; isReopened: boolean }> {
  expectReason(reason)
  const request = { requestId, isApproved, reason }
  return perform(context, { name: 'decideReopening', actor, reason, idempotencyKey, request }, async (tx) => {
    const asked = await lockReopening(tx, requestId)
    if (!asked || asked.answer !== null) throw new Refusal('reopening_not_asked')
    const { entity, period, requestedBy, basis, before } = asked
    if (!seesEntity(actor, entity)) throw new Refusal('outside_entity_scope')
    refuseFirst(actor, requestedBy, 'asked for it')
    const result = { entity, period, isReopened: isApproved }
    const audited = { objectType: 'period', objectId: `${entity} ${period}` }
    const answer = { by: actor.name, at: context.now(), reason: reason.trim() }
    if (!isApproved) {
      await answerReopening(tx, requestId, { ...answer, answer: 'declined' })
      const audit = { action: 'period.reopening_declined', ...audited, after: { request: requestId, requestedBy } }
      return { result, entities: [entity], audit }
    }
    const effect = await reopeningEffect(tx, { entity, period })
    if (before !== 'closed' || basisOf({ entity, period }, effect) !== basis) throw new Refusal('reopening_moved')
    await answerReopening(tx, requestId, { ...answer, answer: 'approved' })
    const change = { entity, period, state: 'reopened', by: actor.name, reason: asked.reason, notReady: [] } as const
    await savePeriodState(tx, { ...change, reopeningId: requestId })
    return {
      result,
      entities: [entity],
      audit: {
        action: 'period.reopened',
        ...audited,
        before: { state: before },
        after: { state: 'reopened', request: requestId, requestedBy, certifications: effect.certifications.length },
      },
    }
  })
}
