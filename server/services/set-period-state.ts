import { savePeriodState } from '#db/queries/periods.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { readReference } from '#db/queries/reference.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { perform } from './perform.ts'

export type PeriodState = 'open' | 'soft_closed' | 'closed'

/** Opens or closes a period of an entity. Throws Refusal (period_not_found). */
export async function setPeriodState(
  context: Context,
  {
    entity,
    period,
    state,
    reason,
    actor,
  }: { entity: string; period: string; state: PeriodState; reason?: string | undefined; actor: Actor },
): Promise<{ entity: string; period: string; state: PeriodState }> {
  return perform(context, { name: 'setPeriodState', actor, reason, request: { entity, period, state } }, async (tx) => {
    const reference = await readReference(tx, ['entity'], await newestPublication(tx))
    if (!reference.calendarOf(entity).has(period)) throw new Refusal('period_not_found', `${entity} ${period}`)
    const before = await savePeriodState(tx, entity, period, state)
    return {
      result: { entity, period, state },
      entities: [entity],
      audit: {
        action: 'period.changed',
        objectType: 'period',
        objectId: `${entity} ${period}`,
        before: { state: before },
        after: { state },
      },
    }
  })
}
