import { z } from 'zod'
import { DELIVERY_STATUSES } from '#server/domain/delivery.ts'
import type { DeliveryListFilter } from '#server/services/reads/deliveries-view.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const DeliveriesSearch = z.object({
  job: z.string().max(64).optional(),
  target: z.string().max(64).optional(),
  status: z.enum(DELIVERY_STATUSES).optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type DeliveriesSearch = z.infer<typeof DeliveriesSearch>

/** The view of the list of deliveries, which its screen and its export share. */
export function readDeliveriesSearch({ url, scope, actor }: Given): { search: DeliveriesSearch; filter: DeliveryListFilter } {
  const search = readSearch(url, DeliveriesSearch)
  const { entity, period, version, isPast, publication } = scope
  return {
    search,
    filter: { ...search, entity, period, version, asOf: isPast ? publication : undefined, scope: actor.entityScope },
  }
}
