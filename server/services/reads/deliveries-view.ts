import type { Queryable } from '#db/client.ts'
import {
  findDeliveryRow,
  listCallsOfDelivery,
  listDeliveryRows,
  listExceptionsOfDelivery,
  listItemRows,
  listTargetSystems,
  type DeliveriesFilter,
  type DeliveryCall,
  type DeliveryRow,
  type ItemRow,
  type TargetSystem,
} from '#db/queries/delivery-screens.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listComparedSlices, type ComparedSlice } from '#db/queries/delivery-totals.ts'
import { listJobs } from '#db/queries/runs.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import type { ItemState } from '#server/domain/delivery.ts'
import { Refusal } from '#server/domain/errors.ts'
import { readCertaintyAmong, withCertainty, type Certain } from './certainty.ts'
import { EXPORT_ROWS_MAX, wholeExport } from './whole-export.ts'

export type { ComparedSlice, DeliveryCall, DeliveryRow, ItemRow }

const PAGE_ROWS = 50
const CALLS_SHOWN = 50

export type DeliveryListFilter = DeliveriesFilter & { readonly before?: number | undefined; readonly after?: number | undefined }

export type DeliveriesView = {
  readonly rows: readonly DeliveryRow[]
  readonly jobs: readonly { readonly name: string; readonly title: string }[]
  readonly targets: readonly TargetSystem[]
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  readonly isLive: boolean
  readonly computedAt: string
}

/** One page of deliveries, newest first. */
export async function readDeliveries(db: Queryable, filter: DeliveryListFilter, now: Date): Promise<DeliveriesView> {
  const backwards = filter.after !== undefined && filter.before === undefined
  const [found, jobs, targets] = await Promise.all([
    listDeliveryRows(db, { ...filter, limit: PAGE_ROWS + 1 }),
    listJobs(db),
    listTargetSystems(db),
  ])
  const isMore = found.length > PAGE_ROWS
  const rows = backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS)
  return {
    rows,
    jobs: jobs.filter(({ definition }) => definition.targets).map(({ name, definition }) => ({ name, title: definition.title })),
    targets,
    hasNewer: backwards ? isMore : filter.before !== undefined,
    hasOlder: backwards || isMore,
    isLive: rows.some(({ status }) => status === 'delivering'),
    computedAt: now.toISOString(),
  }
}

/** All deliveries of the view, for a file. */
export const readDeliveriesForExport = (db: Queryable, filter: DeliveriesFilter, max = EXPORT_ROWS_MAX): Promise<DeliveryRow[]> =>
  wholeExport(max, (limit) => listDeliveryRows(db, { ...filter, limit }))

export type DeliveryView = {
  readonly delivery: DeliveryRow
  readonly slices: readonly Certain<ComparedSlice>[]
  readonly items: readonly Certain<ItemRow>[]
  /** Where the next page of documents begins; null: this is the last. */
  readonly next: number | null
  readonly calls: readonly DeliveryCall[]
  readonly exceptions: readonly { readonly exceptionId: number; readonly title: string }[]
  readonly isLive: boolean
  readonly computedAt: string
}

type Asked = {
  readonly deliveryId: number
  readonly actor: Pick<Actor, 'entityScope'>
  readonly state?: ItemState | undefined
  readonly after?: number | undefined
}

/** A delivery with its documents. Throws Refusal (delivery_not_found), also where all of it is outside the scope. */
export async function readDeliveryView(
  db: Queryable,
  { deliveryId, actor, state, after }: Asked,
  now: Date,
): Promise<DeliveryView> {
  const scope = actor.entityScope
  const delivery = await findDeliveryRow(db, deliveryId, scope)
  if (!delivery) throw new Refusal('delivery_not_found', String(deliveryId))
  const [slices, items, calls, exceptionIds] = await Promise.all([
    listComparedSlices(db, deliveryId),
    listItemRows(db, { deliveryId, state, after, scope, limit: PAGE_ROWS + 1 }),
    listCallsOfDelivery(db, deliveryId, CALLS_SHOWN),
    listExceptionsOfDelivery(db, delivery),
  ])
  const exceptions = await listExceptions(db, { exceptionIds, state: 'all', scope, now })
  return {
    delivery,
    slices: await withCertainty(
      db,
      slices.filter(({ entity }) => seesEntity(actor, entity)),
      scope,
    ),
    items: await withCertainty(db, items.slice(0, PAGE_ROWS), scope),
    next: items.length > PAGE_ROWS ? items[PAGE_ROWS - 1]!.itemId : null,
    calls,
    exceptions: exceptions.map(({ exceptionId, title }) => ({ exceptionId, title })),
    isLive: delivery.status === 'delivering',
    computedAt: now.toISOString(),
  }
}

/** What the targets of a job were told of what a run published. */
export type DeliveryOfRun = { readonly delivery: DeliveryRow; readonly slices: readonly Certain<ComparedSlice>[] }

export async function readDeliveriesOfRun(db: Queryable, runId: number, scope: readonly string[]): Promise<DeliveryOfRun[]> {
  const rows = await listDeliveryRows(db, { run: runId, scope, limit: PAGE_ROWS })
  const told = await Promise.all(
    rows.reverse().map(async (delivery) => ({
      delivery,
      slices: (await listComparedSlices(db, delivery.deliveryId)).filter(({ entity }) =>
        seesEntity({ entityScope: scope }, entity),
      ),
    })),
  )
  const all = told.flatMap(({ slices }) => slices)
  const certainty = await readCertaintyAmong(db, all, scope, await newestPublication(db))
  return told.map(({ delivery, slices }) => ({
    delivery,
    slices: slices.map((slice) => ({ ...slice, certainty: certainty(slice) })),
  }))
}
