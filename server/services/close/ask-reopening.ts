import { insertReopening, lockPeriod, supersedeReopenings } from '#db/queries/periods.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { PERIOD_STATE_WORDS } from '#server/domain/period-state.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { basisOf, reopeningEffect } from './reopening-effect.ts'

export type AskReopening = {
  readonly entity: string
  readonly period: string
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Asks a second person to reopen a closed period. Who asks again takes the place of who asked before. Throws Refusal (reason_missing,
 * period_not_closed, outside_entity_scope).
 */
export async function askReopening(
  context: Context,
  { entity, period, reason, actor, idempotencyKey }: AskReopening,
): Promise<{ requestId: number }> {
  expectReason(reason)
  return perform(
    context,
    { name: 'askReopening', actor, reason, idempotencyKey, request: { entity, period, reason } },
    async (tx) => {
      // Before anything is said of it.
      if (!seesEntity(actor, entity)) throw new Refusal('outside_entity_scope')
      const state = await lockPeriod(tx, entity, period)
      if (state !== 'closed') throw new Refusal('period_not_closed', `it is ${PERIOD_STATE_WORDS[state]}`)
      const effect = await reopeningEffect(tx, { entity, period })
      await supersedeReopenings(tx, entity, period)
      const basis = basisOf({ entity, period }, effect)
      const requestId = await insertReopening(tx, {
        entity,
        period,
        basis,
        reason: reason.trim(),
        by: actor.name,
        at: context.now(),
      })
      const after = { request: requestId, certifications: effect.certifications.length }
      const audit = { action: 'period.reopening_asked', objectType: 'period', objectId: `${entity} ${period}`, after }
      return { result: { requestId }, entities: [entity], audit }
    },
  )
}
