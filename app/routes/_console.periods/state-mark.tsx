import { History, LockKeyhole, LockKeyholeOpen, LockOpen, type LucideIcon } from 'lucide-react'
import type { PeriodState } from '#server/domain/period-state.ts'

/** Icon and word, never colour: closed is no fault, and open is no good news. */
export const PERIOD_STATE_LOOK: Record<
  PeriodState,
  { readonly label: string; readonly icon: LucideIcon; readonly what: string }
> = {
  open: { label: 'Open', icon: LockOpen, what: 'New and changed lines are published.' },
  soft_closed: {
    label: 'Soft-closed',
    icon: LockKeyholeOpen,
    what: 'Late lines are published, except those of jobs that refuse them.',
  },
  closed: { label: 'Closed', icon: LockKeyhole, what: 'New and changed lines are held back until the period is reopened.' },
  reopened: { label: 'Reopened', icon: History, what: 'Was closed; two people let lines in again until it is closed anew.' },
}

export function StateMark({ state }: { state: PeriodState }) {
  const { label, icon: Icon } = PERIOD_STATE_LOOK[state]
  return (
    <span className="period-state" data-state={state}>
      <Icon className="icon" aria-hidden />
      {label}
    </span>
  )
}
