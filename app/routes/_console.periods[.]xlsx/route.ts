import { xlsxAnswerOf } from '#app/.server/exports/export.ts'
import { periodsExport } from '#app/.server/exports/periods.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('periods:read', async (given) => xlsxAnswerOf(given, await periodsExport(given)))
