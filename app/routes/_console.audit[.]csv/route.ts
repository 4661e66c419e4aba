import { csvAnswer } from '#app/.server/exports/export.ts'
import { auditExport } from '#app/.server/exports/audit.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('audit:read', async (given) => csvAnswer(given, await auditExport(given)))
