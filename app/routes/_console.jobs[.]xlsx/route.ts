import { xlsxAnswerOf } from '#app/.server/exports/export.ts'
import { jobsExport } from '#app/.server/exports/jobs.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('jobs:read', async (given) => xlsxAnswerOf(given, await jobsExport(given)))
