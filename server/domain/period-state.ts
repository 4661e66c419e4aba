/**
 * soft_closed: late lines are still let in, unless a job says otherwise. closed: new and changed lines are held back. reopened: was
 * closed, and two people let lines in again; until it is closed anew.
 */
export const PERIOD_STATES = ['open', 'soft_closed', 'closed', 'reopened'] as const
export type PeriodState = (typeof PERIOD_STATES)[number]

/** What one person may make of a period. */
export const SETTABLE_STATES = ['open', 'soft_closed', 'closed'] as const satisfies readonly PeriodState[]
export type SettableState = (typeof SETTABLE_STATES)[number]

/** Words that stand in a sentence. */
export const PERIOD_STATE_WORDS: Readonly<Record<PeriodState, string>> = {
  open: 'open',
  soft_closed: 'soft-closed',
  closed: 'closed',
  reopened: 'reopened',
}

/** Letting in what was held back is what an auditor asks about: it never happens without a reason. */
export const isReopening = (from: PeriodState, to: PeriodState): boolean => from === 'soft_closed' && to === 'open'

/** Why one person cannot bring a period from one state to another; null where they can. */
export function whyNotSet(from: PeriodState, to: SettableState): 'period_needs_reopening' | 'period_is_reopened' | null {
  if (from === 'closed' && to !== 'closed') return 'period_needs_reopening'
  // Open or soft-closed, nobody would see any more that it had been closed.
  if (from === 'reopened' && to !== 'closed') return 'period_is_reopened'
  return null
}

/** What became of a request to reopen a closed period. */
export type ReopeningAnswer = 'approved' | 'declined' | 'superseded'
