import { savePeriodState } from '#db/queries/periods.ts'
import { readReference } from '#db/queries/reference.ts'
import { newestPublication } from '#db/queries/totals.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { isReopening, type PeriodState } from '#server/domain/period-state.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

type OnePeriod = {
  readonly entity: string
  readonly period: string
  /** What the person saw: when it is no longer so, nothing is changed. */
  readonly was?: PeriodState | undefined
}
type Asked = {
  readonly state: PeriodState
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Opens or closes a period of an entity. Throws Refusal (period_not_found, reason_missing). */
export async function setPeriodState(
  context: Context,
  { entity, period, was, ...asked }: Asked & OnePeriod,
): Promise<{ entity: string; period: string; state: PeriodState }> {
  await setPeriodStates(context, { ...asked, periods: [{ entity, period, was }] })
  return { entity, period, state: asked.state }
}

/**
 * Opens or closes several periods, all or none, each with its audit event. Whoever lets something in again that was held back
 * says why. Throws Refusal (period_not_found, reason_missing, period_changed_meanwhile).
 */
export async function setPeriodStates(
  context: Context,
  { periods, state, reason, actor, idempotencyKey }: Asked & { readonly periods: readonly OnePeriod[] },
): Promise<{ state: PeriodState; changed: readonly string[] }> {
  const request = { state, reason, periods: periods.map(({ entity, period }) => `${entity} ${period}`) }
  return perform(context, { name: 'setPeriodState', actor, reason, request, idempotencyKey }, async (tx) => {
    const reference = await readReference(tx, ['entity'], await newestPublication(tx))
    const changed: { name: string; before: PeriodState }[] = []
    // In one order, so that two people who close the same periods at once never wait for each other in a circle.
    for (const { entity, period, was } of [...periods].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
      const name = nameOf({ entity, period })
      if (!reference.calendarOf(entity).has(period)) throw new Refusal('period_not_found', name)
      const before = await savePeriodState(tx, entity, period, state)
      if (was && before !== was)
        throw new Refusal('period_changed_meanwhile', `${name} is ${before.replace('_', '-')} now; look at it again`)
      if (isReopening(before, state) && (reason?.trim() ?? '').length < 5) throw new Refusal('reason_missing', name)
      if (before !== state) changed.push({ name, before })
    }
    return {
      result: { state, changed: changed.map(({ name }) => name) },
      entities: [...new Set(periods.map(({ entity }) => entity))],
      audit: changed.map(({ name, before }) => ({
        action: 'period.changed',
        objectType: 'period',
        objectId: name,
        before: { state: before },
        after: { state },
      })),
    }
  })
}

const nameOf = ({ entity, period }: OnePeriod) => `${entity} ${period}`
