import { readReplaysForExport } from '#server/services/reads/replay-view.ts'
import { REPLAY_RESULTS } from '#server/domain/bulk-replay.ts'
import type { Given } from '../guarded.ts'
import { readReplaysView } from '../replay-search.ts'
import { columns, type Export } from './export.ts'

export async function replaysExport(given: Given): Promise<Export> {
  const { before: _, after: __, ...filter } = readReplaysView(given).filter
  return {
    title: 'Replays',
    order: 'newest first',
    columns: [
      ...columns('count', 'replay'),
      ...columns('plain', 'status', 'rules', 'asked_for_by', 'asked_for_at', 'ended_at'),
      ...columns('text', 'scope', 'reason'),
      ...columns('count', 'records', ...REPLAY_RESULTS, 'no_result_yet'),
    ],
    rows: rowsOf(given, filter),
  }
}

async function* rowsOf({ services }: Given, filter: Parameters<typeof readReplaysForExport>[1]) {
  for await (const row of readReplaysForExport(services.context.db, filter)) {
    yield [
      row.bulkReplayId,
      row.status,
      row.rules,
      row.requestedBy,
      row.requestedAt,
      row.endedAt,
      JSON.stringify(row.asked),
      row.reason,
      row.records,
      ...REPLAY_RESULTS.map((result) => row.results[result] ?? 0),
      row.results.open ?? 0,
    ]
  }
}
