import { deliveriesExport } from '#app/.server/exports/deliveries.ts'
import { xlsxAnswerOf } from '#app/.server/exports/export.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('runs:read', async (given) => xlsxAnswerOf(given, await deliveriesExport(given)))
