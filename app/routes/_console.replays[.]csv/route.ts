import { csvAnswer } from '#app/.server/exports/export.ts'
import { replaysExport } from '#app/.server/exports/replays.ts'
import { guarded } from '#app/.server/guarded.ts'

export const loader = guarded('runs:read', async (given) => csvAnswer(given, await replaysExport(given)))
