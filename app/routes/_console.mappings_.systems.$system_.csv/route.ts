import { csvAnswer } from '#app/.server/exports/export.ts'
import { mappingExport } from '#app/.server/exports/mapping.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('mappings:read', async (given) => csvAnswer(given, await mappingExport(given)))
