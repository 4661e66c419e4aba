import { csvAnswer } from '#app/.server/exports/export.ts'
import { exceptionsExport } from '#app/.server/exports/exceptions.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('exceptions:read', async (given) => csvAnswer(given, await exceptionsExport(given)))
