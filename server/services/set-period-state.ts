import type { Transaction } from '#db/client.ts'
import { lockPeriod, savePeriodState } from '#db/queries/periods.ts'
import { readReference } from '#db/queries/reference.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { blockWords, type NotReady } from '#server/domain/close.ts'
import { Refusal } from '#server/domain/errors.ts'
import { isReopening, PERIOD_STATE_WORDS, whyNotSet, type PeriodState, type SettableState } from '#server/domain/period-state.ts'
import { notReadyNow } from './close/not-ready-now.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

type OnePeriod = {
  readonly entity: string
  readonly period: string
  /** What the person saw: when it is no longer so, nothing is changed. */
  readonly was?: PeriodState | undefined
}
type Asked = {
  readonly state: SettableState
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/** Opens or closes a period of an entity. Throws Refusal as setPeriodStates. */
export async function setPeriodState(
  context: Context,
  { entity, period, was, ...asked }: Asked & OnePeriod,
): Promise<{ entity: string; period: string; state: PeriodState }> {
  await setPeriodStates(context, { ...asked, periods: [{ entity, period, was }] })
  return { entity, period, state: asked.state }
}

/**
 * Opens or closes several periods, all or none, each with its audit event. Whoever closes over something that is not ready says why, and
 * both are kept; whoever lets late lines in again says why. A closed one is reopened by two (close/ask-reopening.ts). Throws Refusal
 * (period_not_found, reason_missing, period_not_ready, period_needs_reopening, period_is_reopened, period_changed_meanwhile).
 */
export async function setPeriodStates(
  context: Context,
  { periods, state, reason, actor, idempotencyKey }: Asked & { readonly periods: readonly OnePeriod[] },
): Promise<{ state: PeriodState; changed: readonly string[] }> {
  const request = { state, reason, periods: periods.map(({ entity, period }) => `${entity} ${period}`) }
  return perform(context, { name: 'setPeriodState', actor, reason, request, idempotencyKey }, async (tx) => {
    const entities = [...new Set(periods.map(({ entity }) => entity))]
    const saysWhy = (reason?.trim() ?? '').length >= 5
    const changing = await lockThose(tx, periods, state)
    if (changing.some(({ before }) => isReopening(before, state)) && !saysWhy)
      throw new Refusal('reason_missing', changing.map(nameOf).join(', '))
    const notReady = state === 'open' ? () => [] : await notReadyNow(tx, changing, context.now())
    const unready = state === 'closed' && !saysWhy ? changing.find((one) => notReady(one).length > 0) : undefined
    // Which ones they are is nothing that somebody out of scope may hear: they are told by the door.
    if (unready && entities.every((entity) => seesEntity(actor, entity)))
      throw new Refusal('period_not_ready', `${nameOf(unready)}: ${notReady(unready).map(blockWords).join(', ')}`)
    for (const one of changing) {
      const change = { entity: one.entity, period: one.period, state, by: actor.name, reason: reason?.trim() || null }
      await savePeriodState(tx, { ...change, notReady: notReady(one), reopeningId: null })
    }
    return {
      result: { state, changed: changing.map(nameOf) },
      entities,
      audit: changing.map((one) => ({
        action: 'period.changed',
        objectType: 'period',
        objectId: nameOf(one),
        before: { state: one.before },
        after: { state, ...overWhat(notReady(one)) },
      })),
    }
  })
}

type Locked = { readonly entity: string; readonly period: string; readonly before: PeriodState }

/** Those that get another state. In one order, so that two people who close the same periods at once never wait for each other in a circle. */
async function lockThose(tx: Transaction, periods: readonly OnePeriod[], state: SettableState): Promise<Locked[]> {
  const reference = await readReference(tx, ['entity'], await newestPublication(tx))
  const locked: Locked[] = []
  for (const one of [...periods].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const { entity, period, was } = one
    if (!reference.calendarOf(entity).has(period)) throw new Refusal('period_not_found', nameOf(one))
    const before = await lockPeriod(tx, entity, period)
    if (was && before !== was)
      throw new Refusal('period_changed_meanwhile', `${nameOf(one)} is ${PERIOD_STATE_WORDS[before]} now; look at it again`)
    const why = whyNotSet(before, state)
    if (why) throw new Refusal(why, nameOf(one))
    if (before !== state) locked.push({ entity, period, before })
  }
  return locked
}

/** How many of each, for the audit log; the names are with the period. */
const overWhat = (notReady: readonly NotReady[]) =>
  notReady.length > 0 && { notReady: Object.fromEntries(notReady.map(({ what, count }) => [what, count])) }

const nameOf = ({ entity, period }: { readonly entity: string; readonly period: string }) => `${entity} ${period}`
