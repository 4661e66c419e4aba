import {
  endDelivery,
  enqueueDeliveries,
  findDelivery,
  listDueDeliveries,
  listUnderWay,
  lockDelivery,
} from '#db/queries/deliveries.ts'
import { WORKER } from '#server/domain/actor.ts'
import { Silence } from '#server/platform/silence.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'

const DUE_BATCH = 500
/** Longer than the longest request a job may ask for. In time of the observer's own. */
const STUCK_MS = 15 * 60_000

/**
 * Deliveries whose worker died or is stuck go to others; those that are due and that the queue has forgotten are queued. `silence`: what
 * was seen from turn to turn; who looks once only takes nobody for stuck.
 */
export async function recoverDeliveries(context: Context, silence = new Silence()): Promise<number[]> {
  const recovered: number[] = []
  const underWay = await listUnderWay(context.db)
  const silentMs = silence.look(new Map(underWay.map(({ deliveryId, seenAt }) => [String(deliveryId), seenAt])))
  for (const { deliveryId, workerId, hasWorker } of underWay) {
    if (hasWorker && silentMs(String(deliveryId)) < STUCK_MS) continue
    if (await recoverDelivery(context, deliveryId, workerId)) recovered.push(deliveryId)
  }
  await enqueueDeliveries(context.db, await listDueDeliveries(context.db, DUE_BATCH))
  return recovered
}

/** `of`: only where that worker has it. */
export async function recoverDelivery(context: Context, deliveryId: number, of: string | null): Promise<boolean> {
  const found = await findDelivery(context.db, deliveryId)
  if (found?.delivery.workerId !== of) return false
  const { attempt, workerId, correlationId } = found.delivery
  return perform(context, { name: 'recoverDelivery', actor: WORKER, request: { deliveryId }, correlationId }, async (tx) => {
    const now = await lockDelivery(tx, deliveryId)
    const isSame = now?.status === 'delivering' && now.attempt === attempt && now.workerId === workerId
    if (!isSame) return { result: false, entities: [], audit: null }
    const failure = { code: 'worker_lost', detail: `attempt ${attempt}` }
    await endDelivery(tx, deliveryId, { status: 'waiting', dueAt: context.now(), failure })
    await enqueueDeliveries(tx, [deliveryId])
    const audit = { action: 'delivery.recovered', objectType: 'delivery', objectId: String(deliveryId), after: { attempt } }
    return { result: true, entities: [], audit }
  })
}
