import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import type { CalendarDefinition } from './calendar.ts'

/** Business dates, so no zone can move them. */
export type Holiday = { readonly on: string; readonly name: string }
type Days = Pick<CalendarDefinition, 'weekend' | 'holidays'>

/** The public holidays of a calendar's country between two dates, both included; none where the calendar names no country. */
export function holidaysBetween({ holidays }: Days, from: string, to: string): Holiday[] {
  if (!holidays) return []
  // A holiday that begins on the last days of a year may end in the next.
  const years = range(Number.parseInt(from, 10) - 1, Number.parseInt(to, 10))
  const found = years.flatMap((year) => holidaysOf(holidays, year)).filter(({ on }) => from <= on && on <= to)
  return [...new Map(found.map((holiday) => [holiday.on, holiday])).values()].sort((a, b) => (a.on < b.on ? -1 : 1))
}

/** How many days of these, both included, people work: neither weekend nor public holiday. */
export function workingDaysBetween(calendar: Days, from: string, to: string): number {
  const holidays = new Set(holidaysBetween(calendar, from, to).map(({ on }) => on))
  const last = Temporal.PlainDate.from(to)
  let count = 0
  for (let day = Temporal.PlainDate.from(from); Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    if (!calendar.weekend.includes(day.dayOfWeek) && !holidays.has(day.toString())) count++
  }
  return count
}

/** Reading the rules of a country takes milliseconds; a year of it never changes. */
const known = new Map<string, readonly Holiday[]>()

function holidaysOf({ country, region }: NonNullable<Days['holidays']>, year: number): readonly Holiday[] {
  const key = `${country} ${region ?? ''} ${year}`
  const found = known.get(key)
  if (found) return found
  const rules = new Holidays(
    { country, ...(region !== undefined && { state: region }) },
    { languages: ['en'], types: ['public'] },
  )
  const days = rules.getHolidays(year).flatMap(({ date, start, end, name }) => {
    const first = Temporal.PlainDate.from(date.slice(0, 10))
    // A day in which clocks change has 23 or 25 hours.
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000))
    return range(0, length - 1).map((day) => ({ on: first.add({ days: day }).toString(), name }))
  })
  known.set(key, days)
  return days
}

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
