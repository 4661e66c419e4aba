import Holidays from 'date-holidays'
import { Temporal } from 'temporal-polyfill'
import type { CalendarDefinition } from './calendar.ts'

/** Business dates, so no zone can move them. */
export type Holiday = { readonly on: string; readonly name: string }
type Place = NonNullable<CalendarDefinition['holidays']>

/** The whole public holidays of a calendar's country between two dates, both included; none where the calendar names no country. */
export function holidaysBetween({ holidays }: Pick<CalendarDefinition, 'holidays'>, from: string, to: string): Holiday[] {
  if (!holidays) return []
  // A day off in the place of a holiday can lie on the other side of New Year.
  const years = range(Number.parseInt(from, 10) - 1, Number.parseInt(to, 10) + 1)
  const found = years.flatMap((year) => holidaysOf(holidays, year)).filter(({ on }) => from <= on && on <= to)
  return [...new Map(found.map((holiday) => [holiday.on, holiday])).values()].sort((a, b) => (a.on < b.on ? -1 : 1))
}

/** Null where the holidays of that place are known; else what is wrong with it, in words. */
export function problemWithHolidays({ holidays }: Pick<CalendarDefinition, 'holidays'>): string | null {
  if (!holidays) return null
  const known = new Holidays()
  if (!Object.hasOwn(known.getCountries(), holidays.country))
    return `holidays.country: no holidays are known of ${holidays.country}`
  const regions = known.getStates(holidays.country) ?? {}
  if (holidays.region === undefined || Object.hasOwn(regions, holidays.region)) return null
  return `holidays.region: ${holidays.country} has no region ${holidays.region}; it has ${Object.keys(regions).join(', ') || 'none'}`
}

/** Reading the rules of a country takes milliseconds; a year of it never changes. */
const known = new Map<string, readonly Holiday[]>()

function holidaysOf({ country, region }: Place, year: number): readonly Holiday[] {
  const key = `${country} ${region ?? ''} ${year}`
  const found = known.get(key)
  if (found) return found
  const rules = new Holidays(
    { country, ...(region !== undefined && { state: region }) },
    { languages: ['en'], types: ['public'] },
  )
  const days = rules.getHolidays(year).flatMap(({ date, start, end, name }) => {
    // Half a day off is a day people work on.
    if (!date.includes(' 00:00')) return []
    const first = Temporal.PlainDate.from(date.slice(0, 10))
    // A day in which clocks change has 23 or 25 hours.
    const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000))
    return range(0, length - 1).map((day) => ({ on: first.add({ days: day }).toString(), name }))
  })
  known.set(key, days)
  return days
}

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
