import { xlsxAnswerOf } from '#app/.server/exports/export.ts'
import { totalsExport } from '#app/.server/exports/totals.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('totals:read', async (given) => xlsxAnswerOf(given, await totalsExport(given)))
