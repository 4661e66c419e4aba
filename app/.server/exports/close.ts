import { formatInstant } from '#app/ui/time.tsx'
import { blockWords } from '#server/domain/close.ts'
import { readCloseBoardForExport, type CloseBoardRow } from '#server/services/reads/close-board.ts'
import { readCloseSearch } from '../close-search.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export } from './export.ts'

/** A row an entity, period and currency with something unexplained; one without has a single row. Currencies are never added up. */
export async function closeExport(given: Given): Promise<Export> {
  const { context } = given.services
  const rows = await readCloseBoardForExport(context.db, readCloseSearch(given).request, context.now())
  return {
    title: 'Close',
    order: 'by entity and period',
    columns: [
      ...columns('text', 'entity', 'name'),
      ...columns('plain', 'calendar', 'period', 'state', 'figures', 'changed_at'),
      ...columns('text', 'changed_by', 'reason', 'closed_over'),
      ...columns('count', 'feeds', 'feeds_came', 'feeds_late', 'feeds_missing', 'loads_held', 'business', 'control', 'technical'),
      ...columns('count', 'unclassified', 'reconciliations', 'not_compared', 'tie', 'explained', 'with_breaks', 'prepared'),
      ...columns('count', 'certified', 'superseded', 'overdue'),
      ...columns('plain', 'next_due_on', 'cut_off_local', 'time_zone', 'cut_off_utc'),
      ...columns('count', 'published_after_cut_off'),
      ...columns('plain', 'currency'),
      ...columns('amount', 'unexplained'),
      ...columns('text', 'not_ready'),
    ],
    rows: rows.flatMap((row) =>
      (row.unexplained.length > 0 ? row.unexplained : [{ currency: null, amount: null }]).map(({ currency, amount }) => [
        ...cellsOf(row),
        currency,
        amount,
        row.notReady.map(blockWords).join('; '),
      ]),
    ),
  }
}

const cellsOf = ({ feeds, reconciliations: of, ...row }: CloseBoardRow) => [
  row.entity,
  row.name,
  row.calendar,
  row.period,
  row.state,
  row.certainty,
  row.changedAt,
  row.changedBy,
  row.reason,
  row.closedOver.map(blockWords).join('; '),
  feeds.feeds,
  feeds.came,
  feeds.late,
  feeds.missing,
  row.held,
  row.business,
  row.control,
  row.technical,
  row.unclassified,
  of.defined,
  of.notCompared,
  of.tied,
  of.explained,
  of.breaks,
  of.prepared,
  of.certified,
  of.superseded,
  of.overdue,
  of.nextDueOn,
  row.cutOffAt === null ? null : formatInstant(row.cutOffAt, row.timeZone),
  row.timeZone,
  row.cutOffAt,
  row.late.length,
]
