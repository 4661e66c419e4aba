import { evidence } from '#app/.server/exports/evidence.ts'
import { guarded } from '#app/.server/guarded.ts'

/** The log as it was hashed, one JSON object a line, or the events of a view with their proofs. */
export const loader = guarded('audit:read', (given) => evidence(given, 'jsonl'))
