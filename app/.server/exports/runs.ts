import { readRunsForExport } from '#server/services/reads/run-list.ts'
import type { hasEnded } from '#server/domain/run.ts'
import type { Given } from '../guarded.ts'
import { readRunsView } from '../runs-search.ts'
import { columns, type Export } from './export.ts'

export async function runsExport(given: Given): Promise<Export> {
  const { before: _, after: __, ...filter } = readRunsView(given).filter
  const rows = await readRunsForExport(given.services.context.db, filter)
  return {
    title: 'Runs',
    order: 'newest first',
    columns: [
      ...columns('count', 'run'),
      ...columns('plain', 'job'),
      ...columns('text', 'title'),
      ...columns('plain', 'trigger', 'status', 'asked_for_at', 'started_at', 'finished_at'),
      ...columns('count', 'duration_ms', 'records', 'rejected', 'publication'),
      ...columns('text', 'asked_for_by', 'what_happened'),
    ],
    rows: rows.map((row) => [
      row.runId,
      row.job,
      row.title,
      row.trigger,
      row.status,
      row.queuedAt,
      row.startedAt,
      row.finishedAt,
      durationOf(row),
      row.extracted,
      row.rejected,
      row.publication,
      row.requestedBy,
      row.sentence,
    ]),
  }
}

type Times = { status: Parameters<typeof hasEnded>[0]; startedAt: string | null; finishedAt: string | null }

function durationOf({ startedAt, finishedAt }: Times): number | null {
  return startedAt && finishedAt ? new Date(finishedAt).getTime() - new Date(startedAt).getTime() : null
}
