import type { Queryable } from '#db/client.ts'
import { listCalendars, listEntities } from '#db/queries/period-screens.ts'
import { businessDateOf, periodsOf, type CalendarDefinition } from '#server/domain/calendar.ts'
import { Refusal } from '#server/domain/errors.ts'
import { MONTHS } from '#server/domain/reference.ts'
import { holidaysBetween, type Holiday } from '#server/domain/holidays.ts'
import { describe, inUse, type CalendarPeriod } from './periods-view.ts'

export type CalendarView = {
  readonly calendar: CalendarDefinition
  readonly entities: readonly { readonly entity: string; readonly name: string | null }[]
  readonly year: number
  /** Holidays: those on which people would have worked. */
  readonly periods: readonly (CalendarPeriod & { readonly holidays: readonly Holiday[] })[]
  readonly earlierYear: number | null
  readonly laterYear: number | null
  readonly computedAt: string
}

/** One fiscal year of a calendar; the present one where none is asked for. Throws Refusal (calendar_not_found). */
export async function readCalendar(
  db: Queryable,
  { code, year, scope }: { readonly code: string; readonly year: number | undefined; readonly scope: readonly string[] },
  now: Date,
): Promise<CalendarView> {
  const [calendars, entities] = await Promise.all([listCalendars(db), listEntities(db, scope)])
  const used = inUse(calendars, entities)
  const calendar =
    calendars.find((known) => known.calendar === code) ?? (code === MONTHS.calendar && used.length > 0 ? MONTHS : null)
  if (!calendar) throw new Refusal('calendar_not_found', code)
  const all = periodsOf(calendar)
  const today = businessDateOf(now.toISOString(), calendar)
  const current = all.find(({ startsOn, endsOn }) => startsOn <= today && today <= endsOn) ?? all.at(-1)!
  const shown = Math.min(Math.max(year ?? yearOf(current), calendar.firstYear), calendar.lastYear)
  const periods = describe(
    calendar,
    all.filter((period) => yearOf(period) === shown),
    now,
  ).map((period) => ({
    ...period,
    holidays: holidaysBetween(calendar, period.startsOn, period.endsOn).filter(
      ({ on }) => !calendar.weekend.includes(new Date(on).getUTCDay() || 7),
    ),
  }))
  return {
    calendar,
    entities: used.find((grid) => grid.calendar === calendar)?.members.map(({ entity, name }) => ({ entity, name })) ?? [],
    year: shown,
    periods,
    earlierYear: shown > calendar.firstYear ? shown - 1 : null,
    laterYear: shown < calendar.lastYear ? shown + 1 : null,
    computedAt: now.toISOString(),
  }
}

const yearOf = ({ period }: { readonly period: string }) => Number.parseInt(period.slice(0, 4), 10)
