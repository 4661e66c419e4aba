const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export type PeriodLabelProps = {
  /** '2026-11'; a fiscal period, so 13 to 16 are possible. */
  period: string
  /** The calendar month it covers, '2026-02', where that is not the same. */
  month?: string | null
}

/** 2026-11, and the month beside it where the fiscal year is not the calendar's: 2026-11 (Feb). */
export function PeriodLabel({ period, month = null }: PeriodLabelProps) {
  const name = month && month !== period ? MONTHS[Number(month.slice(5, 7)) - 1] : undefined
  return (
    <span className="period">
      {period}
      {name && <span className="text-ink-3"> ({name})</span>}
    </span>
  )
}
