import { Popover } from '#app/ui/popover.tsx'
import { Link } from '#app/ui/navigation.tsx'

export type PeriodChoice = {
  /** '2026-11'; a fiscal period, so 13 to 16 are possible. */
  readonly period: string
  /** In words, where it is not open: 'closed'. */
  readonly state?: string
}
export type PeriodPickerProps = {
  value: string | null
  periods: readonly PeriodChoice[]
  /** Where the same screen is with that period; with null for all. */
  hrefOf: (period: string | null) => string
}

/** Fiscal periods as a sheet, one line a year. Links, so that it needs no script. */
export function PeriodPicker({ value, periods, hrefOf }: PeriodPickerProps) {
  const years = [...new Set(periods.map(({ period }) => period.slice(0, 4)))].sort().reverse()
  return (
    <Popover label={value === null ? 'All periods' : value} panelLabel="Choose a period">
      <Link href={hrefOf(null)} keepScroll className="menu-item" aria-current={value === null ? 'true' : undefined}>
        All periods
      </Link>
      {years.map((year) => (
        <div key={year} className="period-year">
          <p className="period font-strong">{year}</p>
          <ul>
            {periods
              .filter(({ period }) => period.startsWith(year))
              .sort((a, b) => a.period.localeCompare(b.period))
              .map(({ period, state }) => (
                <li key={period}>
                  <Link
                    href={hrefOf(period)}
                    keepScroll
                    className="period-choice"
                    title={state}
                    aria-label={state ? `${period}, ${state}` : period}
                    aria-current={period === value ? 'true' : undefined}
                  >
                    {period.slice(5)}
                    {state === 'closed' && <span aria-hidden> ·</span>}
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </Popover>
  )
}
