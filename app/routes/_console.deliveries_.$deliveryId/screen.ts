import type { DeliveryView } from '#app/.server/reads.ts'
import type { Scope } from '#app/paths.ts'
import type { DeliveryAction, ItemState } from '#server/domain/delivery.ts'

/** What the loader gives the parts of this screen. */
export type Screen = DeliveryView & {
  readonly search: {
    readonly do?: DeliveryAction | undefined
    readonly state?: ItemState | undefined
    readonly after?: number | undefined
  }
  /** Why an action is not to be had; null where it is. */
  readonly reasons: Readonly<Record<DeliveryAction, string | null>>
  readonly scope: Scope
  readonly key: string
}
