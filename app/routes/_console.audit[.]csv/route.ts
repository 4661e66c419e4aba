import { auditExport } from '#app/.server/exports/audit.ts'
import { logAuditExport } from '#app/.server/exports/audit-logged.ts'
import { csvAnswer } from '#app/.server/exports/export.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('audit:read', async (given) => {
  await logAuditExport(given, 'csv')
  return csvAnswer(given, await auditExport(given))
})
