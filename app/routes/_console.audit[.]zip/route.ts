import { evidence } from '#app/.server/exports/evidence.ts'
import { guarded } from '#app/.server/guarded.ts'

/** The same with the script that checks it. */
export const loader = guarded('audit:read', (given) => evidence(given, 'zip'))
