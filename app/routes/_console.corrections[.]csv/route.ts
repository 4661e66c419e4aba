import { csvAnswer } from '#app/.server/exports/export.ts'
import { correctionsExport } from '#app/.server/exports/corrections.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('exceptions:read', async (given) => csvAnswer(given, await correctionsExport(given)))
