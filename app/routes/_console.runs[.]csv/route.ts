import { csvAnswer } from '#app/.server/exports/export.ts'
import { runsExport } from '#app/.server/exports/runs.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('runs:read', async (given) => csvAnswer(given, await runsExport(given)))
