import { csvAnswer } from '#app/.server/exports/export.ts'
import { linesExport } from '#app/.server/exports/lines.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('lines:read', async (given) => csvAnswer(given, await linesExport(given)))
