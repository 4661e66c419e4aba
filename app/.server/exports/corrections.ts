import { readCorrectionsForExport } from '#server/services/reads/corrections-view.ts'
import { readCorrectionsSearch } from '../corrections-search.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export } from './export.ts'

export async function correctionsExport(given: Given): Promise<Export> {
  const { before: _, after: __, ...filter } = readCorrectionsSearch(given).filter
  const rows = await readCorrectionsForExport(given.services.context.db, filter)
  return {
    title: 'Corrections',
    order: 'newest first',
    columns: [
      ...columns('count', 'correction'),
      ...columns('plain', 'standing', 'job', 'system'),
      ...columns('text', 'source_key'),
      ...columns('plain', 'field'),
      ...columns('text', 'as_received', 'read_as', 'reason'),
      ...columns(
        'plain',
        'entity',
        'corrected_entity',
        'needs_second_person',
        'proposed_by',
        'proposed_at',
        'decided_by',
        'decided_at',
      ),
      ...columns('text', 'decision_reason'),
      ...columns('plain', 'withdrawn_by', 'withdrawn_at'),
      ...columns('text', 'withdrawn_reason'),
      ...columns('count', 'artifact', 'position', 'last_read_by_run'),
      ...columns('text', 'source_said_last', 'exceptions'),
    ],
    rows: rows.map((row) => [
      row.correctionId,
      row.standing,
      row.job,
      row.system,
      row.sourceKey,
      row.field,
      row.found,
      row.corrected,
      row.reason,
      row.entity,
      row.correctedEntity,
      row.needsSecondPerson ? 'yes' : 'no',
      row.proposedBy,
      row.proposedAt,
      row.decidedBy,
      row.decidedAt,
      row.decisionReason,
      row.withdrawnBy,
      row.withdrawnAt,
      row.withdrawnReason,
      row.artifactId,
      row.position,
      row.lastRunId,
      row.says,
      row.exceptionIds.join(' '),
    ]),
  }
}
