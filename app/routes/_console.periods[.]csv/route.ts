import { csvAnswer } from '#app/.server/exports/export.ts'
import { periodsExport } from '#app/.server/exports/periods.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('periods:read', async (given) => csvAnswer(given, await periodsExport(given)))
