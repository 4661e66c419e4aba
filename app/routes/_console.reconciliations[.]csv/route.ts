import { csvAnswer } from '#app/.server/exports/export.ts'
import { reconciliationsExport } from '#app/.server/exports/reconciliations.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('reconciliations:read', async (given) => csvAnswer(given, await reconciliationsExport(given)))
