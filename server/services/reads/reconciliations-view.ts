import type { Queryable } from '#db/client.ts'
import {
  countReconciliations,
  countSupersededOf,
  listReconciliationNames,
  listReconciliations,
  type ReconciliationRow,
  type ReconciliationsFilter,
  type SideDifference,
  type StateCounts,
} from '#db/queries/reconciliation-screens.ts'

export type { ReconciliationRow, SideDifference, StateCounts }

const PAGE_ROWS = 100
const EXPORT_ROWS_MAX = 20_000

export type ReconciliationsListFilter = Omit<ReconciliationsFilter, 'today'> & { readonly page?: number | undefined }
export type ReconciliationsView = {
  readonly rows: readonly ReconciliationRow[]
  readonly counts: StateCounts
  readonly names: readonly { readonly name: string; readonly title: string; readonly process: string }[]
  /** How many the reader signed that moved since, whatever the filter. */
  readonly supersededOfMe: number
  readonly page: number
  readonly hasMore: boolean
  readonly computedAt: string
}

/** A page of the reconciliations, and how many there are in each state. */
export async function readReconciliations(
  db: Queryable,
  { page = 1, ...filter }: ReconciliationsListFilter,
  me: string,
  now: Date,
): Promise<ReconciliationsView> {
  const chosen = { ...filter, today: now.toISOString().slice(0, 10) }
  const [rows, counts, names, supersededOfMe] = await Promise.all([
    listReconciliations(db, chosen, { limit: PAGE_ROWS + 1, offset: (page - 1) * PAGE_ROWS }),
    countReconciliations(db, chosen),
    listReconciliationNames(db),
    countSupersededOf(db, me, filter.scope),
  ])
  const hasMore = rows.length > PAGE_ROWS
  return { rows: rows.slice(0, PAGE_ROWS), counts, names, supersededOfMe, page, hasMore, computedAt: now.toISOString() }
}

export const readReconciliationsForExport = (
  db: Queryable,
  filter: ReconciliationsListFilter,
  now: Date,
): Promise<ReconciliationRow[]> =>
  listReconciliations(db, { ...filter, today: now.toISOString().slice(0, 10) }, { limit: EXPORT_ROWS_MAX, offset: 0 })
