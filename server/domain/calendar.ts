import { z } from 'zod'
import { Temporal } from 'temporal-polyfill'

/**
 * A fiscal calendar as data. `months`: twelve calendar months, the year named by the year it ends in.
 * `4-4-5` and its sisters: thirteen-week quarters of whole weeks; the year ends on the last (or the nearest)
 * `weekEndsOn` of the end month, so a year has 52 or 53 weeks and the 53rd lengthens the last period.
 */
export const CalendarDefinition = z.strictObject({
  kind: z.literal('calendar'),
  calendar: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  pattern: z.enum(['months', '4-4-5', '4-5-4', '5-4-4']),
  /** 12: the year ends in December. */
  yearEndMonth: z.number().int().min(1).max(12).default(12),
  /** ISO weekday, 1 Monday to 7 Sunday; week patterns only. */
  weekEndsOn: z.number().int().min(1).max(7).default(6),
  yearEndRule: z.enum(['last', 'nearest']).default('last'),
  firstYear: z.number().int().min(1970).max(2100).default(2000),
  lastYear: z.number().int().min(1970).max(2100).default(2045),
  /** Instants are read as local dates here; what comes after the cut-off counts for the next day. */
  timeZone: z.string().default('UTC'),
  cutOff: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/)
    .default('24:00'),
  /** Until when a period is posted to: on that working day after it has ended, at that time here. What comes into it later is late. */
  postingCutOff: z
    .strictObject({
      workingDay: z.number().int().min(1).max(60),
      at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'write a time like 18:00'),
    })
    .optional(),
  /** ISO weekdays nobody works on. */
  weekend: z.array(z.number().int().min(1).max(7)).max(6).default([6, 7]),
  /** Whose public holidays are no working days: an ISO 3166 country, and its state or region where they differ. */
  holidays: z.strictObject({ country: z.string().regex(/^[A-Z]{2}$/), region: z.string().min(1).optional() }).optional(),
})
export type CalendarDefinition = z.infer<typeof CalendarDefinition>

export type FiscalPeriod = { readonly period: string; readonly startsOn: string; readonly endsOn: string }

/**
 * All periods of a calendar in order, without a gap or an overlap. Periods are named 2026-03. Worked out once: decades of months
 * take 10 ms, and every run of a job needs them.
 */
export function periodsOf(calendar: CalendarDefinition): readonly FiscalPeriod[] {
  const { pattern, yearEndMonth, weekEndsOn, yearEndRule, firstYear, lastYear } = calendar
  const key = [pattern, yearEndMonth, weekEndsOn, yearEndRule, firstYear, lastYear].join(' ')
  const before = known.get(key)
  if (before) return before
  const periods = workedOut(calendar)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, periods)
  return periods
}

const KNOWN_MAX = 100
const known = new Map<string, readonly FiscalPeriod[]>()

function workedOut(calendar: CalendarDefinition): FiscalPeriod[] {
  const periods: FiscalPeriod[] = []
  for (let year = calendar.firstYear; year <= calendar.lastYear; year++) {
    periods.push(...(calendar.pattern === 'months' ? monthsOf(calendar, year) : weeksOf(calendar, year)))
  }
  return periods
}

function monthsOf({ yearEndMonth }: CalendarDefinition, year: number): FiscalPeriod[] {
  const first = Temporal.PlainYearMonth.from({ year, month: yearEndMonth }).subtract({ months: 11 })
  return Array.from({ length: 12 }, (_, i) => {
    const month = first.add({ months: i })
    const startsOn = month.toPlainDate({ day: 1 })
    return periodNamed(year, i + 1, startsOn, startsOn.add({ months: 1 }).subtract({ days: 1 }))
  })
}

function weeksOf(calendar: CalendarDefinition, year: number): FiscalPeriod[] {
  const quarter = calendar.pattern.split('-').map(Number)
  const yearEndsOn = yearEnd(calendar, year)
  let startsOn = yearEnd(calendar, year - 1).add({ days: 1 })
  return Array.from({ length: 12 }, (_, i) => {
    const endsOn = i === 11 ? yearEndsOn : startsOn.add({ days: quarter[i % 3]! * 7 - 1 })
    const period = periodNamed(year, i + 1, startsOn, endsOn)
    startsOn = endsOn.add({ days: 1 })
    return period
  })
}

function yearEnd({ yearEndMonth, weekEndsOn, yearEndRule }: CalendarDefinition, year: number): Temporal.PlainDate {
  const start = Temporal.PlainYearMonth.from({ year, month: yearEndMonth })
  const monthEnd = start.toPlainDate({ day: start.daysInMonth })
  const back = (monthEnd.dayOfWeek - weekEndsOn + 7) % 7
  const forward = yearEndRule === 'nearest' && back > 3
  return forward ? monthEnd.add({ days: 7 - back }) : monthEnd.subtract({ days: back })
}

const periodNamed = (year: number, number: number, startsOn: Temporal.PlainDate, endsOn: Temporal.PlainDate): FiscalPeriod => ({
  period: `${year}-${String(number).padStart(2, '0')}`,
  startsOn: startsOn.toString(),
  endsOn: endsOn.toString(),
})

type CutOff = Pick<CalendarDefinition, 'timeZone' | 'cutOff'>

/** The local business date of an instant under the calendar's zone and cut-off. */
export function businessDateOf(instant: string, calendar: CutOff, cutOf: (date: string) => number = cutOffOn(calendar)): string {
  const at = Temporal.Instant.from(instant)
  const date = at.toZonedDateTimeISO(calendar.timeZone).toPlainDate()
  const isAfter = calendar.cutOff !== '24:00' && at.epochMilliseconds >= cutOf(date.toString())
  return (isAfter ? date.add({ days: 1 }) : date).toString()
}

/** A date -> the instant of its cut-off in milliseconds; remembers. An instant, because a wall clock that goes back passes it twice. */
export function cutOffOn({ timeZone, cutOff }: CutOff): (date: string) => number {
  const known = new Map<string, number>()
  return (date) => {
    const found = known.get(date) ?? cutOffInstant(date)
    known.set(date, found)
    return found
  }

  function cutOffInstant(date: string): number {
    const day = Temporal.PlainDate.from(date)
    if (cutOff === '24:00') return day.add({ days: 1 }).toZonedDateTime({ timeZone }).epochMilliseconds
    return day.toZonedDateTime({ timeZone, plainTime: cutOff }).epochMilliseconds
  }
}
