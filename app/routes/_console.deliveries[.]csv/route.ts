import { deliveriesExport } from '#app/.server/exports/deliveries.ts'
import { csvAnswer } from '#app/.server/exports/export.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('runs:read', async (given) => csvAnswer(given, await deliveriesExport(given)))
