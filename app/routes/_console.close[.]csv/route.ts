import { closeExport } from '#app/.server/exports/close.ts'
import { csvAnswer } from '#app/.server/exports/export.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('periods:read', async (given) => csvAnswer(given, await closeExport(given)))
