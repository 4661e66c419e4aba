import type { Transaction } from '#db/client.ts'
import { endDelivery, enqueueDeliveries, holdsDelivery } from '#db/queries/deliveries.ts'
import { listDeliveryEntities, markAll } from '#db/queries/delivery-items.ts'
import { WORKER } from '#server/domain/actor.ts'
import { deliveryFailureDraft } from '#server/domain/delivery-exception.ts'
import type { DeliveryStatus } from '#server/domain/delivery.ts'
import { retryDelayMs, type Failure } from '#server/domain/retry.ts'
import { perform } from '../perform.ts'
import { raiseRouted } from '../triage/raise-routed.ts'
import { LostDelivery, type Carried, type StoppedDelivery } from './carried.ts'

/** A target that stays down is asked so often, at least: what waits for it goes on soon after it is back. */
const ASKED_EVERY_MS_MAX = 60_000

type Ending = {
  readonly status: DeliveryStatus
  /** Null where it is no news: the hundredth try of a target that is down. */
  readonly action: string | null
  readonly after?: object
}

/** The one transaction in which an attempt of a delivery ends. */
export function ending(carried: Carried, work: (tx: Transaction) => Promise<Ending>): Promise<DeliveryStatus> {
  const { context, delivery, found } = carried
  const { deliveryId, correlationId, attempt, publication } = delivery
  return perform(context, { name: 'endDelivery', actor: WORKER, request: { deliveryId }, correlationId }, async (tx) => {
    if (!(await holdsDelivery(tx, delivery))) throw new LostDelivery()
    const { status, action, after } = await work(tx)
    context.log.info({ status }, 'attempt of a delivery ended')
    const facts = { job: found.job, target: delivery.target, publication, attempt, ...after }
    return {
      result: status,
      entities: [],
      audit: action === null ? null : { action, objectType: 'delivery', objectId: String(deliveryId), after: facts },
    }
  })
}

/**
 * Tried again by itself for as long as the cause may pass by itself: from the bound of the job's retry policy on it is an exception as
 * well, and goes on being tried. Being told to slow down is no failure and counts as none.
 */
export function endInDeliveryFailure(carried: Carried, failure: Failure): Promise<DeliveryStatus> {
  const { context, delivery, facts, found } = carried
  const { deliveryId, runId, jobId, attempt, attemptsForgiven } = delivery
  const { retry } = found.current
  const tried = attempt - attemptsForgiven
  // What a target answers may quote what it was told: it is for who may see that.
  const raiseFailure = async (tx: Transaction) =>
    raiseRouted(tx, { runId, jobId }, deliveryFailureDraft(facts, failure, await listDeliveryEntities(tx, deliveryId)))
  return ending(carried, async (tx) => {
    if (failure.failureClass !== 'technical_transient') {
      const exceptionId = await raiseFailure(tx)
      await endDelivery(tx, deliveryId, { status: 'failed', failure })
      return {
        status: 'failed',
        action: 'delivery.failed',
        after: { code: failure.code, class: failure.failureClass, exceptionId },
      }
    }
    const isThrottled = failure.code === 'target_throttled'
    const policy = { ...retry, attempts: Number.POSITIVE_INFINITY, maxMs: Math.min(retry.maxMs, ASKED_EVERY_MS_MAX) }
    const dueAt = new Date(context.now().getTime() + retryDelayMs(policy, tried, failure.retryAfterMs, Math.random())!)
    await endDelivery(tx, deliveryId, {
      status: 'waiting',
      dueAt,
      failure,
      ...(isThrottled && { forgive: attemptsForgiven + 1 }),
    })
    await enqueueDeliveries(tx, [deliveryId], dueAt)
    const isSpent = !isThrottled && tried >= retry.attempts
    const exceptionId = isSpent ? await raiseFailure(tx) : null
    const isNews = !isSpent || tried === retry.attempts
    const after = { code: failure.code, retryAt: dueAt.toISOString(), ...(exceptionId !== null && { exceptionId }) }
    return { status: 'waiting', action: isNews ? 'delivery.delayed' : null, after }
  })
}

/** Nothing failed: it is asked when it can know. */
export function delayDelivery(carried: Carried, dueAt: Date): Promise<DeliveryStatus> {
  const { deliveryId, attemptsForgiven } = carried.delivery
  return ending(carried, async (tx) => {
    await endDelivery(tx, deliveryId, { status: 'waiting', dueAt, forgive: attemptsForgiven + 1 })
    await enqueueDeliveries(tx, [deliveryId], dueAt)
    return { status: 'waiting', action: null }
  })
}

/** The worker is stopping: the delivery goes back for another. */
export function handBackDelivery(carried: Carried): Promise<DeliveryStatus> {
  const { context, delivery } = carried
  const { deliveryId, attemptsForgiven } = delivery
  return ending(carried, async (tx) => {
    await endDelivery(tx, deliveryId, { status: 'waiting', dueAt: context.now(), failure: null, forgive: attemptsForgiven + 1 })
    await enqueueDeliveries(tx, [deliveryId])
    return { status: 'waiting', action: 'delivery.handed_back' }
  })
}

/** Somebody must look: an exception, and nothing more is sent. */
export function stopDelivery(carried: Carried, { status, draft }: StoppedDelivery): Promise<DeliveryStatus> {
  const { deliveryId, runId, jobId } = carried.delivery
  return ending(carried, async (tx) => {
    const exceptionId = await raiseRouted(tx, { runId, jobId }, draft)
    // What was never sent is refused by us; what is unknown stays unknown.
    if (status === 'refused')
      await markAll(tx, deliveryId, ['pending'], { state: 'refused', refusal: draft.subject.value ?? draft.title })
    await endDelivery(tx, deliveryId, { status, failure: { code: draft.code, detail: draft.detail || draft.title } })
    return {
      status,
      action: `delivery.${status}`,
      after: { code: draft.code, class: draft.failureClass, detail: draft.detail, exceptionId },
    }
  })
}
