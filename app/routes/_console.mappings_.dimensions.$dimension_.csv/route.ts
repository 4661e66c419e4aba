import { csvAnswer } from '#app/.server/exports/export.ts'
import { membersExport } from '#app/.server/exports/members.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('mappings:read', async (given) => csvAnswer(given, await membersExport(given)))
