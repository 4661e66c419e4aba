import { readAuditForExport } from '#server/services/reads/audit-view.ts'
import { readAuditView } from '../audit-search.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export, type ExportCell } from './export.ts'

/** The events one may see, for reading on; the chain that proves itself is the export as JSON lines. */
export function auditExport(given: Given): Promise<Export> {
  const { before: _, after: __, ...request } = readAuditView(given).request
  return Promise.resolve({
    title: 'Audit',
    order: 'newest first',
    columns: [
      ...columns('count', 'event'),
      ...columns('plain', 'at'),
      ...columns('text', 'actor'),
      ...columns('plain', 'role', 'action', 'object_type'),
      ...columns('text', 'object', 'reason'),
      ...columns('plain', 'correlation_id'),
    ],
    rows: rowsOf(readAuditForExport(given.services.context.db, request)),
  })
}

async function* rowsOf(events: ReturnType<typeof readAuditForExport>): AsyncGenerator<ExportCell[]> {
  for await (const { eventId, at, actor, role, action, objectType, objectId, reason, correlationId } of events)
    yield [eventId, at, actor, role, action, objectType, objectId, reason, correlationId]
}
