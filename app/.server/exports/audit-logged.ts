import { viewQuery } from '#server/domain/saved-view.ts'
import type { Given } from '../guarded.ts'

/** Before the log leaves the house, the log says so. */
export async function logAuditExport({ services, actor, url }: Given, format: 'csv' | 'xlsx'): Promise<void> {
  const filters = Object.fromEntries(new URLSearchParams(viewQuery(url.search)))
  await services.recordAuditExport({ format, filters, actor })
}
