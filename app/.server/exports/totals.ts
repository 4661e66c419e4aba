import { readTotals, type TotalsView } from '#server/services/reads/totals-view.ts'
import type { Given } from '../guarded.ts'
import { readTotalsView } from '../totals-search.ts'
import { columns, type Export, type ExportCell, type ExportColumn } from './export.ts'

const SLICE = columns('text', 'entity', 'period', 'version', 'currency', 'kind', 'system').concat(columns('plain', 'figures'))
const MEASURES = ['records', 'debit', 'credit', 'net'] as const
const CHECKPOINTS = [
  ...columns('plain', 'measure'),
  ...columns('amount', 'source', 'accepted', 'loaded', 'target', 'source_minus_loaded', 'published'),
]
const FIGURES: Record<TotalsView['view'], readonly ExportColumn[]> = {
  pivot: CHECKPOINTS,
  periods: CHECKPOINTS,
  published: [
    ...columns('count', 'lines'),
    ...columns('amount', 'debit', 'credit', 'net'),
    ...columns('count', 'rejected_waiting'),
    ...columns('amount', 'rejected_debit', 'rejected_credit'),
    ...columns('count', 'held_records'),
  ],
  checkpoints: [
    ...columns('count', 'run'),
    ...columns('plain', 'job', 'status', 'measure'),
    ...columns('amount', 'source', 'corrected', 'accepted', 'rejected', 'duplicate', 'loaded', 'source_minus_loaded'),
    ...columns('count', 'rejected_records_waiting'),
  ],
  changes: [
    ...columns('count', 'since_publication'),
    ...MEASURES.flatMap((measure) => columns('amount', `${measure}_before`, `${measure}_after`, `${measure}_after_minus_before`)),
  ],
}

export async function totalsExport(given: Given): Promise<Export> {
  const { request } = readTotalsView(given)
  const { context } = given.services
  const totals = await readTotals(context.db, request, context.now())
  return {
    title: `Totals ${totals.view}`,
    order: 'by entity, period, version and currency',
    columns: [...columns('count', 'as_of_publication'), ...SLICE, ...FIGURES[totals.view]],
    rows: rowsOf(totals, request.publication),
  }
}

function* rowsOf(totals: TotalsView, publication: number): Generator<ExportCell[]> {
  const start = (slice: TotalsView['slices'][number]): ExportCell[] => [
    publication,
    slice.entity,
    slice.period,
    slice.version,
    slice.currency,
    slice.objectType,
    // The pivot adds up what several systems sent of a slice.
    'system' in slice ? slice.system : null,
    slice.certainty,
  ]
  if (totals.view === 'pivot' || totals.view === 'periods') {
    for (const slice of totals.slices) {
      const { source, accepted, loaded, target, difference, published } = slice.cell
      yield [...start(slice), totals.measure, source, accepted, loaded, target, difference, published]
    }
  } else if (totals.view === 'published') {
    for (const slice of totals.slices) {
      const { total, rejected, held } = slice
      const waiting = [rejected?.records ?? 0, rejected?.debit ?? null, rejected?.credit ?? null]
      const heldRecords = held.reduce((sum, { records }) => sum + records, 0)
      yield [
        ...start(slice),
        total?.count ?? 0,
        total?.debit ?? null,
        total?.credit ?? null,
        total?.net ?? null,
        ...waiting,
        heldRecords,
      ]
    }
  } else if (totals.view === 'checkpoints') {
    for (const slice of totals.slices) {
      const { extracted, corrected, accepted, rejected, duplicate, loaded, difference } = slice
      const figures = [extracted, corrected, accepted, rejected, duplicate, loaded, difference]
      yield [...start(slice), slice.runId, slice.job, slice.status, totals.measure, ...figures, slice.waiting]
    }
  } else {
    for (const slice of totals.slices) {
      const figures = MEASURES.flatMap((measure) => [
        slice.before?.[measure] ?? null,
        slice.after?.[measure] ?? null,
        slice.difference[measure],
      ])
      yield [...start(slice), totals.since, ...figures]
    }
  }
}
