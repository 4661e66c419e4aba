import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { traced } from '#server/platform/traced.ts'
import type { Context } from '#server/services/context.ts'
import { carryOutDelivery } from '#server/services/deliver/carry-out-delivery.ts'

const Payload = z.object({ deliveryId: z.number().int() })

/** A task only wakes a worker; whether it is the delivery's turn is decided by the delivery itself, so a task twice does no harm. */
export const carryOutDeliveryTask =
  (context: Context, stop: AbortSignal): Task =>
  async (payload) => {
    const { deliveryId } = Payload.parse(payload)
    await traced('task carry_out_delivery', { 'tower.task': 'carry_out_delivery', 'tower.task_delivery': deliveryId }, () =>
      carryOutDelivery(context, deliveryId, stop),
    )
  }
