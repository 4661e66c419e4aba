import type { CloseRow } from '#app/.server/reads.ts'

export type Readiness = 'closed' | 'blocked' | 'unsigned' | 'ready'

/** The same answer as the board of the close gives: what nobody has certified yet is not ready, though nothing blocks it. */
export function readinessOf({ state, missingFeeds, heldLoads, business, control, certainty }: CloseRow): Readiness {
  if (state === 'closed') return 'closed'
  if (missingFeeds + heldLoads + business + control > 0) return 'blocked'
  return certainty === 'preliminary' ? 'unsigned' : 'ready'
}
