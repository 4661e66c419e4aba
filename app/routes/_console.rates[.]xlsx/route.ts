import { xlsxAnswerOf } from '#app/.server/exports/export.ts'
import { ratesExport } from '#app/.server/exports/rates.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('mappings:read', async (given) => xlsxAnswerOf(given, await ratesExport(given)))
