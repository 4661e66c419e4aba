import { workSheet } from '#app/.server/exports/work-sheet.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('exceptions:read', workSheet)
