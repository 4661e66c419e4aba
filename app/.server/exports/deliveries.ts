import { ITEM_STATES } from '#server/domain/delivery.ts'
import { readDeliveriesForExport } from '#server/services/reads/deliveries-view.ts'
import { readDeliveriesSearch } from '../deliveries-search.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export } from './export.ts'

export async function deliveriesExport(given: Given): Promise<Export> {
  const { before: _, after: __, ...filter } = readDeliveriesSearch(given).filter
  const rows = await readDeliveriesForExport(given.services.context.db, filter)
  return {
    title: 'Deliveries',
    order: 'newest first',
    columns: [
      ...columns('count', 'delivery', 'publication', 'run'),
      ...columns('plain', 'job'),
      ...columns('text', 'title'),
      ...columns('plain', 'target', 'target_system', 'status'),
      ...columns('count', ...ITEM_STATES.map((state) => `documents_${state}`), 'slices_that_differ', 'attempts'),
      ...columns('count', 'compensates', 'compensated_by'),
      ...columns('plain', 'made_at', 'started_at', 'ended_at', 'failure_code'),
      ...columns('text', 'failure'),
    ],
    rows: rows.map((row) => [
      row.deliveryId,
      row.publication,
      row.runId,
      row.job,
      row.title,
      row.target,
      row.system,
      row.status,
      ...ITEM_STATES.map((state) => row.items[state] ?? 0),
      row.differing,
      row.attempt,
      row.compensates,
      row.compensatedBy,
      row.createdAt,
      row.startedAt,
      row.finishedAt,
      row.failureCode,
      row.failureDetail,
    ]),
  }
}
