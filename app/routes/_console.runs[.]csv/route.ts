import { csvResponse } from '#app/.server/csv.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readRunsView } from '#app/.server/runs-search.ts'
import { durationOf } from '#app/routes/_console/run-times.ts'
import { readRunsForExport } from '#app/.server/reads.ts'

const HEAD = [
  'run',
  'job',
  'title',
  'trigger',
  'status',
  'asked_for_at',
  'started_at',
  'finished_at',
  'duration_ms',
  'records',
  'rejected',
  'publication',
  'asked_for_by',
  'what_happened',
]

export const loader = guarded('runs:read', async (given) => {
  const { context } = given.services
  const { before: _, after: __, ...filter } = readRunsView(given).filter
  const rows = await readRunsForExport(context.db, filter)
  const cells = rows.map((row) => [
    row.runId,
    row.job,
    row.title,
    row.trigger,
    row.status,
    row.queuedAt,
    row.startedAt,
    row.finishedAt,
    durationOf(row, null),
    row.extracted,
    row.rejected,
    row.publication,
    row.requestedBy,
    row.sentence,
  ])
  return csvResponse(`runs-${context.now().toISOString().slice(0, 10)}.csv`, HEAD, cells)
})
