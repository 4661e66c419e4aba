/** soft_closed: late lines are still let in, unless a job says otherwise. closed: new and changed lines are held back. */
export const PERIOD_STATES = ['open', 'soft_closed', 'closed'] as const
export type PeriodState = (typeof PERIOD_STATES)[number]

/** Letting in what was held back is what an auditor asks about: it never happens without a reason. */
export const isReopening = (from: PeriodState, to: PeriodState): boolean =>
  PERIOD_STATES.indexOf(to) < PERIOD_STATES.indexOf(from)
