import { ITEM_STATE_LOOK } from '#app/components/delivery-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { Link } from '#app/ui/navigation.tsx'
import { ITEM_STATES, type ItemState } from '#server/domain/delivery.ts'

type Props = { deliveryId: number; items: Readonly<Partial<Record<ItemState, number>>>; scope: Scope }

/** Documents by state, each count opening its list. */
export function ItemCounts({ deliveryId, items, scope }: Props) {
  const states = ITEM_STATES.filter((state) => items[state])
  if (states.length === 0) return <span className="text-ink-3">not listed yet</span>
  return (
    <span className="inline-flex flex-wrap gap-x-3">
      {states.map((state) => (
        <Link
          key={state}
          href={paths.delivery(deliveryId, { ...scope, state })}
          className="link-quiet inline-flex min-h-6 items-center whitespace-nowrap"
        >
          {items[state]!.toLocaleString('en')} {ITEM_STATE_LOOK[state].label.toLowerCase()}
        </Link>
      ))}
    </span>
  )
}
