import { CirclePause, RotateCw, Square, type LucideIcon } from 'lucide-react'
import { paths } from '#app/paths.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DELIVERY_ACTIONS, type DeliveryAction } from '#server/domain/delivery.ts'
import type { Screen } from './screen.ts'

const LOOK: Readonly<Record<DeliveryAction, { readonly label: string; readonly icon: LucideIcon }>> = {
  retry: { label: 'Retry now', icon: RotateCw },
  hold: { label: 'Hold', icon: CirclePause },
  abort: { label: 'Abort', icon: Square },
}

/** What can be done with a delivery; what cannot says why. */
export function Actions({ screen: { delivery, reasons, scope } }: { screen: Screen }) {
  return DELIVERY_ACTIONS.map((action) => {
    const { label, icon } = LOOK[action]
    const reason = reasons[action]
    return reason ? (
      <Button key={action} icon={icon} disabledReason={reason} reasonAlign="end">
        {label}
      </Button>
    ) : (
      <ButtonLink key={action} href={paths.delivery(delivery.deliveryId, { ...scope, do: action })} icon={icon} keepScroll>
        {label}
      </ButtonLink>
    )
  })
}
