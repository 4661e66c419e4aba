import { csvStream, type StreamedCell } from '#app/.server/csv-stream.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readTotalsView } from '#app/.server/totals-search.ts'
import { readTotals, type TotalsView } from '#app/.server/reads.ts'

const SLICE = ['entity', 'period', 'version', 'currency', 'kind', 'system'] as const
const MEASURES = ['records', 'debit', 'credit', 'net'] as const
const PIVOT = ['measure', 'source', 'accepted', 'loaded', 'target', 'source_minus_loaded', 'published']
const HEADS: Record<TotalsView['view'], readonly string[]> = {
  pivot: PIVOT,
  periods: PIVOT,
  published: ['lines', 'debit', 'credit', 'net', 'rejected_waiting', 'rejected_debit', 'rejected_credit', 'held_records'],
  checkpoints: [
    'run',
    'job',
    'status',
    'measure',
    'source',
    'accepted',
    'rejected',
    'duplicate',
    'loaded',
    'source_minus_loaded',
    'rejected_records_waiting',
  ],
  changes: [
    'since_publication',
    ...MEASURES.flatMap((measure) => [`${measure}_before`, `${measure}_after`, `${measure}_after_minus_before`]),
  ],
}

export const loader = guarded('totals:read', async (given) => {
  const { request } = readTotalsView(given)
  const { context } = given.services
  const totals = await readTotals(context.db, request, context.now())
  const name = `totals-${totals.view}-as-of-publication-${request.publication}.csv`
  return csvStream(name, ['as_of_publication', ...SLICE, ...HEADS[totals.view]], rowsOf(totals, request.publication))
})

async function* rowsOf(totals: TotalsView, publication: number): AsyncGenerator<StreamedCell[]> {
  const start = (slice: TotalsView['slices'][number]): StreamedCell[] => [
    publication,
    slice.entity,
    slice.period,
    slice.version,
    slice.currency,
    slice.objectType,
    'system' in slice ? slice.system : null,
  ]
  const plain = (text: string | null | undefined) => ({ plain: text ?? null })
  if (totals.view === 'pivot' || totals.view === 'periods') {
    for (const slice of totals.slices) {
      const { source, accepted, loaded, target, difference, published } = slice.cell
      yield [...start(slice), totals.measure, ...[source, accepted, loaded, target, difference, published].map(plain)]
    }
  } else if (totals.view === 'published') {
    for (const slice of totals.slices) {
      const { total, rejected, held } = slice
      const waiting = [
        rejected?.records ?? 0,
        plain(rejected?.debit),
        plain(rejected?.credit),
        held.reduce((sum, { records }) => sum + records, 0),
      ]
      yield [...start(slice), total?.count ?? 0, plain(total?.debit), plain(total?.credit), plain(total?.net), ...waiting]
    }
  } else if (totals.view === 'checkpoints') {
    for (const slice of totals.slices) {
      const figures = [slice.extracted, slice.accepted, slice.rejected, slice.duplicate, slice.loaded, slice.difference].map(
        plain,
      )
      yield [...start(slice), slice.runId, slice.job, slice.status, totals.measure, ...figures, slice.waiting]
    }
  } else {
    for (const slice of totals.slices) {
      const figures = MEASURES.flatMap((measure) => [
        slice.before?.[measure],
        slice.after?.[measure],
        slice.difference[measure],
      ]).map(plain)
      yield [...start(slice), totals.since, ...figures]
    }
  }
}
