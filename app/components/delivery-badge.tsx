import { Ban, CircleDashed, CircleHelp, CircleX, Clock, Send, type LucideIcon } from 'lucide-react'
import type { DeliveryStatus, ItemState } from '#server/domain/delivery.ts'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'

type Look = { readonly label: string; readonly tone: Tone; readonly icon?: LucideIcon }

export const DELIVERY_STATUS_LOOK: Record<DeliveryStatus, Look> = {
  pending: { label: 'Pending', tone: 'past', icon: CircleDashed },
  delivering: { label: 'Delivering', tone: 'running' },
  waiting: { label: 'Will retry', tone: 'attention', icon: Clock },
  held: { label: 'Held', tone: 'held' },
  confirmed: { label: 'Confirmed', tone: 'fine' },
  refused: { label: 'Refused', tone: 'broken', icon: Ban },
  failed: { label: 'Failed', tone: 'broken' },
  aborted: { label: 'Aborted', tone: 'past', icon: Ban },
}

/** Unknown is neither failed nor done, and looks like neither. */
export const ITEM_STATE_LOOK: Record<ItemState, Look> = {
  pending: { label: 'Pending', tone: 'past', icon: CircleDashed },
  unknown: { label: 'Unknown', tone: 'attention', icon: CircleHelp },
  sent: { label: 'Sent', tone: 'running', icon: Send },
  confirmed: { label: 'Confirmed', tone: 'fine' },
  refused: { label: 'Refused', tone: 'broken', icon: CircleX },
}

export const DeliveryBadge = ({ status }: { status: DeliveryStatus }) => <Looks {...DELIVERY_STATUS_LOOK[status]} />
export const ItemBadge = ({ state }: { state: ItemState }) => <Looks {...ITEM_STATE_LOOK[state]} />

const Looks = ({ label, tone, icon }: Look) => (
  <Badge tone={tone} {...(icon && { icon })}>
    {label}
  </Badge>
)
