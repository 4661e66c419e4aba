import type { Database, Queryable } from '#db/client.ts'
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
import { newestPublication } from '#db/queries/totals.ts'
import type { Certainty } from '#server/domain/certainty.ts'
import { withMissingEvidence } from '../reconcile/missing-evidence.ts'
import { readCertainty } from './certainty.ts'
import { EXPORT_ROWS_MAX, wholeExport } from './whole-export.ts'

export type { ReconciliationRow, SideDifference, StateCounts }

const PAGE_ROWS = 100

export type ReconciliationsListFilter = Omit<ReconciliationsFilter, 'today' | 'missing'> & { readonly page?: number | undefined }
/** `isEvidenceMissing`: a file that one of its certifications sealed is not there any more as it was. */
export type ShownReconciliation = ReconciliationRow & { readonly certainty: Certainty; readonly isEvidenceMissing: boolean }
export type ReconciliationsView = {
  readonly rows: readonly ShownReconciliation[]
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
  db: Database,
  { page = 1, ...filter }: ReconciliationsListFilter,
  me: string,
  now: Date,
): Promise<ReconciliationsView> {
  const { missing, chosen } = await withMissing(db, filter, now)
  const [rows, counts, names, supersededOfMe, certainty] = await Promise.all([
    listReconciliations(db, chosen, { limit: PAGE_ROWS + 1, offset: (page - 1) * PAGE_ROWS }),
    countReconciliations(db, chosen),
    listReconciliationNames(db),
    countSupersededOf(db, me, filter.scope),
    readCertaintyNow(db, filter),
  ])
  const shown = rows.slice(0, PAGE_ROWS).map((row) => ({
    ...row,
    certainty: certainty(row),
    isEvidenceMissing: missing.has(row.reconciliationId),
  }))
  const hasMore = rows.length > PAGE_ROWS
  return { rows: shown, counts, names, supersededOfMe, page, hasMore, computedAt: now.toISOString() }
}

export async function readReconciliationsForExport(
  db: Database,
  filter: ReconciliationsListFilter,
  now: Date,
  max = EXPORT_ROWS_MAX,
): Promise<ShownReconciliation[]> {
  const { missing, chosen } = await withMissing(db, filter, now)
  const certainty = await readCertaintyNow(db, filter)
  const rows = await wholeExport(max, (limit) => listReconciliations(db, chosen, { limit, offset: 0 }))
  return rows.map((row) => ({ ...row, certainty: certainty(row), isEvidenceMissing: missing.has(row.reconciliationId) }))
}

async function withMissing(db: Database, filter: Omit<ReconciliationsListFilter, 'page'>, now: Date) {
  const of = { ...filter, today: now.toISOString().slice(0, 10) }
  const missing = await withMissingEvidence(db, of)
  return { missing, chosen: { ...of, missing: [...missing] } }
}

/** How certain the figures of an entity, period and version are: of all reconciliations of it, whichever the list shows. */
async function readCertaintyNow(db: Queryable, { entity, period, version, scope }: ReconciliationsListFilter) {
  return readCertainty(db, { entity, period, version, scope }, await newestPublication(db))
}
