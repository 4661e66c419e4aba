import type { Transaction } from '#db/client.ts'
import {
  endDelivery,
  enqueueDeliveries,
  findDelivery,
  isOvertaken,
  listDueDeliveries,
  lockDelivery,
  type Delivery,
} from '#db/queries/deliveries.ts'
import { listDeliveryEntities, markAll } from '#db/queries/delivery-items.ts'
import type { Actor, CommandName } from '#server/domain/actor.ts'
import { deliveryCan, type DeliveryAction, type DeliveryStatus } from '#server/domain/delivery.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { perform, refuseRole } from './perform.ts'
import { expectReason } from './reason.ts'

export type ChangeDelivery = {
  readonly deliveryId: number
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
type Again = { readonly again?: boolean | undefined }
type Changed = { deliveryId: number; status: DeliveryStatus }

/**
 * Goes on now. What is unknown is asked of the target first; what it refused is offered again. `again`: a file that was placed and is
 * gone is placed once more, because a person knows that nobody has it. Throws Refusal (delivery_cannot, delivery_overtaken).
 */
export const retryDelivery = (context: Context, { again = false, ...asked }: ChangeDelivery & Again): Promise<Changed> => {
  const how = { action: 'retry', name: 'retryDelivery', past: 'retried', facts: again ? { again } : {} } as const
  return change(context, how, asked, async (tx, delivery) => {
    if (await isOvertaken(tx, delivery)) throw new Refusal('delivery_overtaken', `publication ${delivery.publication}`)
    if (again && delivery.failureCode !== 'target_file_gone') throw new Refusal('delivery_cannot', 'no file of it is gone')
    await markAll(tx, delivery.deliveryId, again ? ['refused', 'unknown', 'sent'] : ['refused'], { state: 'pending' })
    await endDelivery(tx, delivery.deliveryId, { status: 'pending', dueAt: context.now(), forgive: delivery.attempt })
    await enqueueDeliveries(tx, [delivery.deliveryId])
    return 'pending'
  })
}

/** Stops it until somebody retries it. Later publications of the job wait behind it. */
export const holdDelivery = (context: Context, asked: ChangeDelivery): Promise<Changed> =>
  change(context, { action: 'hold', name: 'holdDelivery', past: 'held' }, asked, async (tx, { deliveryId }) => {
    await endDelivery(tx, deliveryId, { status: 'held' })
    return 'held'
  })

/** Gives it up: the target keeps what it has, what is unknown stays unknown, later publications are told. */
export const abortDelivery = (context: Context, asked: ChangeDelivery): Promise<Changed> =>
  change(context, { action: 'abort', name: 'abortDelivery', past: 'aborted' }, asked, async (tx, { deliveryId, systemId }) => {
    await endDelivery(tx, deliveryId, { status: 'aborted' })
    await enqueueDeliveries(tx, await listDueDeliveries(tx, 50, systemId))
    return 'aborted'
  })

async function change(
  context: Context,
  {
    action,
    name,
    past,
    facts = {},
  }: { readonly action: DeliveryAction; readonly name: CommandName; readonly past: string; readonly facts?: object },
  { deliveryId, reason, actor, idempotencyKey }: ChangeDelivery,
  work: (tx: Transaction, delivery: Delivery) => Promise<DeliveryStatus>,
): Promise<Changed> {
  refuseRole(actor, name)
  const found = await findDelivery(context.db, deliveryId)
  if (!found) throw new Refusal('delivery_not_found', String(deliveryId))
  const { correlationId } = found.delivery
  const command = { name, actor, reason, idempotencyKey, request: { deliveryId, reason, ...facts }, correlationId }
  return perform<Changed>(context, command, async (tx) => {
    expectReason(reason)
    const before = await lockDelivery(tx, deliveryId)
    if (!before) throw new Refusal('delivery_not_found', String(deliveryId))
    if (!deliveryCan(action, before.status)) throw new Refusal('delivery_cannot', `it is ${before.status}`)
    const status = await work(tx, before)
    return {
      result: { deliveryId, status },
      entities: await listDeliveryEntities(tx, deliveryId),
      audit: {
        action: `delivery.${past}`,
        objectType: 'delivery',
        objectId: String(deliveryId),
        before: { status: before.status },
        after: { status, ...facts },
      },
    }
  })
}
