import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { CalendarDefinition, periodsOf, type FiscalPeriod } from '#server/domain/calendar.ts'
import type { Entity } from './company.ts'

/** The world ends here: nothing is dated later, on whatever day it is looked at. */
export const TODAY = '2026-11-20'
/** Twelve periods, from 0; each entity names them by its own calendar. The last is open, the one before soft-closed. */
export const PERIODS = 12
export const OPEN = PERIODS - 1
export const SOFT_CLOSED = PERIODS - 2

/** Read where everybody reads them: the same file is imported into the product. */
const CALENDARS = new Map(
  parseAllDocuments(readFileSync(new URL('../calendars.yaml', import.meta.url), 'utf8')).map((document) => {
    const definition = CalendarDefinition.parse(document.toJS())
    return [definition.calendar, twelveUntil(periodsOf(definition))] as const
  }),
)

export const periodOf = ({ calendar }: Pick<Entity, 'calendar'>, index: number): FiscalPeriod => CALENDARS.get(calendar)![index]!

export function dayOf(period: FiscalPeriod, offset: number): string {
  const day = new Date(`${period.startsOn}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + offset)
  return day.toISOString().slice(0, 10)
}

export const daysOf = ({ startsOn, endsOn }: FiscalPeriod): number =>
  Math.round((Date.parse(endsOn) - Date.parse(startsOn)) / 86_400_000) + 1

function twelveUntil(all: readonly FiscalPeriod[]): readonly FiscalPeriod[] {
  const last = all.findIndex(({ startsOn, endsOn }) => startsOn <= TODAY && TODAY <= endsOn)
  return all.slice(last - PERIODS + 1, last + 1)
}
