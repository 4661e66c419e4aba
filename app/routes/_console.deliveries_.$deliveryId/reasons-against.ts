import { DELIVERY_STATUS_LOOK } from '#app/components/delivery-badge.tsx'
import { againstRole } from '#app/routes/_console/against-role.ts'
import type { Actor, CommandName } from '#server/domain/actor.ts'
import { deliveryCan, type DeliveryAction, type DeliveryStatus } from '#server/domain/delivery.ts'

const COMMAND: Readonly<Record<DeliveryAction, CommandName>> = {
  retry: 'retryDelivery',
  hold: 'holdDelivery',
  abort: 'abortDelivery',
}

/** Why a button cannot be pressed, by role first, then by how the delivery stands. Null where it can. */
export function reasonsAgainst(actor: Actor, status: DeliveryStatus): Readonly<Record<DeliveryAction, string | null>> {
  const against = (action: DeliveryAction) =>
    againstRole(actor, COMMAND[action]) ??
    (deliveryCan(action, status) ? null : `This cannot be done while it is ${DELIVERY_STATUS_LOOK[status].label.toLowerCase()}.`)
  return { retry: against('retry'), hold: against('hold'), abort: against('abort') }
}
