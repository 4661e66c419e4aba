import { Temporal } from 'temporal-polyfill'
import { cutOffOn, periodsOf, type CalendarDefinition, type FiscalPeriod } from './calendar.ts'
import { holidaysBetween } from './holidays.ts'

/** More days than any pile of holidays and weekends in a row. */
const SCAN_DAYS_MAX = 120
const DAY_MS = 86_400_000
/** Calendars remembered at once, in all their versions. */
const KNOWN_MAX = 200

/** Which days of a fiscal calendar are worked on, and which working day of a close is when. Remembers what it looked up. */
export class WorkingDays {
  private static readonly known = new Map<string, WorkingDays>()
  private readonly periods: readonly FiscalPeriod[]
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
  }

  isWorkingDay(date: string): boolean {
    return !this.calendar.weekend.includes(Temporal.PlainDate.from(date).dayOfWeek) && !this.isHoliday(date)
  }

  /** The working day so many after a date; 0 is the date itself, or the next working day where nobody works on it. */
  after(date: string, workingDays: number): string {
    let day = Temporal.PlainDate.from(date)
    let left = workingDays
    for (let scanned = 0; scanned < SCAN_DAYS_MAX; scanned++) {
      if (this.isWorkingDay(day.toString()) && left-- === 0) return day.toString()
      day = day.add({ days: 1 })
    }
    return day.toString()
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

  dayOfClose({ startsOn, endsOn }: FiscalPeriod, workingDay: number): string | null {
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
    const year = Number.parseInt(date, 10)
    const known =
      this.byYear.get(year) ?? new Set(holidaysBetween(this.calendar, `${year}-01-01`, `${year}-12-31`).map(({ on }) => on))
    this.byYear.set(year, known)
    return known.has(date)
  }
}

/** The instant until which a period is posted to; null where its calendar does not say. */
export function postingCutOffAt(calendar: CalendarDefinition, period: FiscalPeriod): string | null {
  const { postingCutOff, timeZone } = calendar
  const day = postingCutOff ? WorkingDays.of(calendar).dayOfClose(period, postingCutOff.workingDay) : null
  return day && postingCutOff ? new Date(cutOffOn({ timeZone, cutOff: postingCutOff.at })(day)).toISOString() : null
}

/** How many days of these, both included, people work: neither weekend nor public holiday. */
export function workingDaysBetween(calendar: Pick<CalendarDefinition, 'weekend' | 'holidays'>, from: string, to: string): number {
  const holidays = new Set(holidaysBetween(calendar, from, to).map(({ on }) => on))
  const last = Temporal.PlainDate.from(to)
  let count = 0
  for (let day = Temporal.PlainDate.from(from); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    if (!calendar.weekend.includes(day.dayOfWeek) && !holidays.has(day.toString())) count++
  }
  return count
}

/** Days that any exception, close or due time may fall on. */
const KEPT_FROM = '2010-01-01'
const KEPT_TO = '2050-12-31'

export type CalendarDay = { readonly day: string; readonly workingDays: number }

/** Each day with the number of working days up to it: business days between two dates are one subtraction. */
export function workingDaysOf(calendar: Pick<CalendarDefinition, 'weekend' | 'holidays'>): CalendarDay[] {
  const holidays = new Set(holidaysBetween(calendar, KEPT_FROM, KEPT_TO).map(({ on }) => on))
  const days: CalendarDay[] = []
  let workingDays = 0
  const last = Date.parse(KEPT_TO)
  // Dates in UTC have no zone that could move them; days of 24 hours, and the first of January 1970 was a Thursday.
  for (let at = Date.parse(KEPT_FROM); at <= last; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10)
    const weekday = ((at / DAY_MS + 3) % 7) + 1
    if (!calendar.weekend.includes(weekday) && !holidays.has(day)) workingDays++
    days.push({ day, workingDays })
  }
  return days
}
