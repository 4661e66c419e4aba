import { Temporal } from 'temporal-polyfill'
import type { Queryable } from '#db/client.ts'
import {
  listCalendars,
  listEntities,
  listHeldBack,
  listPeriodStates,
  type EntityRow,
  type HeldBackRow,
} from '#db/queries/period-screens.ts'
import { businessDateOf, cutOffOn, periodsOf, type CalendarDefinition, type FiscalPeriod } from '#server/domain/calendar.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import { MONTHS } from '#server/domain/reference.ts'
import { workingDaysBetween } from '#server/domain/working-days.ts'

export type PeriodCell = {
  readonly period: string
  readonly state: PeriodState
  readonly changedAt: string | null
  /** What waits because the period is closed, per currency. */
  readonly waiting: readonly { readonly currency: string; readonly records: number; readonly amount: string }[]
}
/** cutOffAt: the instant after which what is booked belongs to the next period. */
export type CalendarPeriod = FiscalPeriod & {
  readonly cutOffAt: string
  readonly workingDays: number
  readonly isNow: boolean
}
export type CalendarGrid = {
  readonly calendar: CalendarDefinition
  /** The periods around the date asked for. */
  readonly periods: readonly CalendarPeriod[]
  readonly rows: readonly {
    readonly entity: string
    readonly name: string | null
    readonly cells: readonly PeriodCell[]
  }[]
}
export type PeriodsView = {
  readonly grids: readonly CalendarGrid[]
  /** The date the columns lie around, and the dates half a year before and after. */
  readonly around: string
  readonly earlier: string
  readonly later: string
  readonly computedAt: string
}

export type PeriodsRequest = {
  readonly entity?: string | undefined
  readonly period?: string | undefined
  /** A date; today where it is left out. */
  readonly around?: string | undefined
  readonly scope: readonly string[]
}

/** As many as fit beside the rail of a small screen: the period around the date, four before it and two to come. */
const [BEFORE, AFTER] = [4, 2]

/** The states of periods around a date, by calendar: 2026-11 is not the same time in each of them. */
export async function readPeriods(db: Queryable, request: PeriodsRequest, now: Date): Promise<PeriodsView> {
  const [calendars, entities, states, heldBack] = await readAll(db, request.scope)
  const around = request.around ?? now.toISOString().slice(0, 10)
  const chosen = request.entity ? entities.filter(({ entity }) => entity === request.entity) : entities
  const cell = cellsOf(states, heldBack)
  const grids = inUse(calendars, chosen).map(({ calendar, members }) => {
    const all = periodsOf(calendar)
    const shown = request.period ? all.filter(({ period }) => period === request.period) : windowOf(all, around)
    const periods = describe(calendar, shown, now)
    return {
      calendar,
      periods,
      rows: members.map(({ entity, name }) => ({ entity, name, cells: periods.map(({ period }) => cell(entity, period)) })),
    }
  })
  const at = Temporal.PlainDate.from(around)
  return {
    grids,
    around,
    earlier: at.subtract({ months: 6 }).toString(),
    later: at.add({ months: 6 }).toString(),
    computedAt: now.toISOString(),
  }
}

export type CalendarRow = { readonly calendar: CalendarDefinition; readonly entities: readonly string[]; readonly now: string }

/** Every calendar, with the entities that go by it and the period it is in. */
export async function readCalendars(db: Queryable, scope: readonly string[], now: Date): Promise<CalendarRow[]> {
  const [calendars, entities] = await Promise.all([listCalendars(db), listEntities(db, scope)])
  const used = inUse(calendars, entities)
  const unused = calendars
    .filter(({ calendar }) => !used.some((grid) => grid.calendar.calendar === calendar))
    .map((calendar) => ({ calendar, members: [] as EntityRow[] }))
  return [...used, ...unused].map(({ calendar, members }) => {
    const today = businessDateOf(now.toISOString(), calendar)
    const current = periodsOf(calendar).find(({ startsOn, endsOn }) => startsOn <= today && today <= endsOn)
    return { calendar, entities: members.map(({ entity }) => entity), now: current?.period ?? '' }
  })
}

const readAll = (db: Queryable, scope: readonly string[]) =>
  Promise.all([listCalendars(db), listEntities(db, scope), listPeriodStates(db, scope), listHeldBack(db, scope)])

/** Calendars that entities go by. One that an entity names and nobody imported is twelve months, as it is when lines are loaded. */
export function inUse(calendars: readonly CalendarDefinition[], entities: readonly EntityRow[]) {
  const months = calendars.find(({ calendar }) => calendar === MONTHS.calendar) ?? MONTHS
  const grids = new Map<string, { calendar: CalendarDefinition; members: EntityRow[] }>()
  for (const member of entities) {
    const calendar = calendars.find((known) => known.calendar === member.calendar) ?? months
    const grid = grids.get(calendar.calendar) ?? { calendar, members: [] }
    grids.set(calendar.calendar, grid)
    grid.members.push(member)
  }
  return [...grids.values()].sort((a, b) => (a.calendar.calendar < b.calendar.calendar ? -1 : 1))
}

/** Cut-off, working days and whether it is the one we are in. */
export function describe(calendar: CalendarDefinition, periods: readonly FiscalPeriod[], now: Date): CalendarPeriod[] {
  const cutOf = cutOffOn(calendar)
  const today = businessDateOf(now.toISOString(), calendar)
  return periods.map((period) => ({
    ...period,
    cutOffAt: new Date(cutOf(period.endsOn)).toISOString(),
    workingDays: workingDaysBetween(calendar, period.startsOn, period.endsOn),
    isNow: period.startsOn <= today && today <= period.endsOn,
  }))
}

function windowOf(periods: readonly FiscalPeriod[], around: string): readonly FiscalPeriod[] {
  const next = periods.findIndex(({ endsOn }) => endsOn >= around)
  const here = next === -1 ? periods.length - 1 : next
  return periods.slice(Math.max(0, here - BEFORE), here + AFTER + 1)
}

function cellsOf(
  states: readonly { entity: string; period: string; state: PeriodState; changedAt: string }[],
  heldBack: readonly HeldBackRow[],
) {
  const known = new Map(states.map((row) => [`${row.entity} ${row.period}`, row]))
  const waiting = new Map<string, HeldBackRow[]>()
  for (const row of heldBack) {
    const name = `${row.entity} ${row.period}`
    waiting.set(name, [...(waiting.get(name) ?? []), row])
  }
  return (entity: string, period: string): PeriodCell => {
    const found = known.get(`${entity} ${period}`)
    return {
      period,
      state: found?.state ?? 'open',
      changedAt: found?.changedAt ?? null,
      waiting: (waiting.get(`${entity} ${period}`) ?? []).map(({ currency, records, amount }) => ({ currency, records, amount })),
    }
  }
}
