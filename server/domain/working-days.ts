import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import { periodsOf, type CalendarDefinition, type FiscalPeriod } from './calendar.ts'

/** More days than any pile of holidays and weekends in a row. */
const SCAN_DAYS_MAX = 120
/** Calendars remembered at once, in all their versions. */
const KNOWN_MAX = 200

/** Which days of a fiscal calendar are worked on, and which working day of a close is when. Remembers what it looked up. */
export class WorkingDays {
  private static readonly known = new Map<string, WorkingDays>()
  private readonly periods: readonly FiscalPeriod[]
  private readonly holidays: Holidays | null
  private readonly byYear = new Map<number, ReadonlySet<string>>()

  /** One for one definition, because its periods take time to make. */
  static of(calendar: CalendarDefinition): WorkingDays {
    const key = JSON.stringify(calendar)
    const known = WorkingDays.known.get(key) ?? new WorkingDays(calendar)
    if (WorkingDays.known.size >= KNOWN_MAX) WorkingDays.known.clear()
    WorkingDays.known.set(key, known)
    return known
  }

  private constructor(private readonly calendar: CalendarDefinition) {
    this.periods = periodsOf(calendar)
    const { holidays } = calendar
    this.holidays = holidays ? new Holidays(holidays.country, holidays.region ?? '') : null
  }

  isWorkingDay(date: string): boolean {
    return !this.calendar.weekend.includes(Temporal.PlainDate.from(date).dayOfWeek) && !this.isHoliday(date)
  }

  /** The dates of that working day of every close from `from` on: 2 the second after a period's end, -1 its last one. */
  *daysOfClose(workingDay: number, from: string): Generator<string> {
    // A close reaches at most so far beyond its period.
    const reach = Temporal.PlainDate.from(from).subtract({ days: SCAN_DAYS_MAX }).toString()
    for (const period of this.periods) {
      if (period.endsOn < reach) continue
      const date = this.dayOfClose(period, workingDay)
      if (date !== null && date >= from) yield date
    }
  }

  private dayOfClose({ startsOn, endsOn }: FiscalPeriod, workingDay: number): string | null {
    const step = workingDay > 0 ? 1 : -1
    let date = workingDay > 0 ? Temporal.PlainDate.from(endsOn).add({ days: 1 }) : Temporal.PlainDate.from(endsOn)
    let left = Math.abs(workingDay)
    for (let scanned = 0; scanned < SCAN_DAYS_MAX; scanned++) {
      if (workingDay < 0 && date.toString() < startsOn) return null
      if (this.isWorkingDay(date.toString()) && --left === 0) return date.toString()
      date = date.add({ days: step })
    }
    return null
  }

  private isHoliday(date: string): boolean {
    if (!this.holidays) return false
    const year = Number.parseInt(date, 10)
    const known = this.byYear.get(year) ?? this.holidaysOf(year)
    this.byYear.set(year, known)
    return known.has(date)
  }

  /** Whole public holidays. The year before as well: a day off in its place can lie on the other side of New Year. */
  private holidaysOf(year: number): ReadonlySet<string> {
    const all = [year - 1, year, year + 1].flatMap((of) => this.holidays!.getHolidays(of))
    const dates = new Set<string>()
    for (const holiday of all) {
      if (holiday.type !== 'public' || !holiday.date.includes(' 00:00')) continue
      const first = Temporal.PlainDate.from(holiday.date.slice(0, 10))
      const days = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / 86_400_000))
      for (let day = 0; day < days; day++) dates.add(first.add({ days: day }).toString())
    }
    return dates
  }
}

/** Null where the holidays of that place are known; else what is wrong with it, in words. */
export function problemWithHolidays({ holidays }: CalendarDefinition): string | null {
  if (!holidays) return null
  const known = new Holidays()
  if (!Object.hasOwn(known.getCountries(), holidays.country))
    return `holidays.country: no holidays are known of ${holidays.country}`
  const regions = known.getStates(holidays.country) ?? {}
  if (holidays.region === undefined || Object.hasOwn(regions, holidays.region)) return null
  return `holidays.region: ${holidays.country} has no region ${holidays.region}; it has ${Object.keys(regions).join(', ') || 'none'}`
}
