import { readReconciliationsForExport } from '#server/services/reads/reconciliations-view.ts'
import type { Given } from '../guarded.ts'
import { readReconciliationsSearch } from '../reconciliations-search.ts'
import { columns, type Export } from './export.ts'

/** A row a reconciliation, other side and currency; one that ties has a single row without them. */
export async function reconciliationsExport(given: Given): Promise<Export> {
  const { context } = given.services
  const rows = await readReconciliationsForExport(context.db, readReconciliationsSearch(given).filter, context.now())
  const nothing = { side: null, currency: null, difference: null, explained: null, unexplained: null, breaks: 0 }
  return {
    title: 'Reconciliations',
    order: 'newest period first',
    columns: [
      ...columns('count', 'reconciliation'),
      ...columns('plain', 'name', 'entity', 'period', 'version', 'figures', 'state', 'superseded', 'evidence_missing', 'due_on'),
      ...columns('count', 'side'),
      ...columns('plain', 'currency'),
      ...columns('amount', 'difference', 'explained', 'unexplained'),
      ...columns('count', 'breaks', 'as_of_publication'),
      ...columns('plain', 'prepared_by', 'certified_by', 'certified_at', 'compared_at'),
    ],
    rows: rows.flatMap((row) =>
      (row.differences.length > 0 ? row.differences : [nothing]).map((one) => [
        row.reconciliationId,
        row.name,
        row.entity,
        row.period,
        row.version,
        row.certainty,
        row.state,
        row.isSuperseded ? 'yes' : 'no',
        row.isEvidenceMissing ? 'yes' : 'no',
        row.dueOn,
        one.side,
        one.currency,
        one.difference,
        one.explained,
        one.unexplained,
        one.breaks,
        row.asOf,
        row.preparedBy,
        row.certifiedBy,
        row.certifiedAt,
        row.comparedAt,
      ]),
    ),
  }
}
