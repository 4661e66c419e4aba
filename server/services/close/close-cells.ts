import type { CloseCell } from '#db/queries/close-board.ts'
import type { EntityRow } from '#db/queries/period-screens.ts'
import { businessDateOf, periodsOf, type CalendarDefinition, type FiscalPeriod } from '#server/domain/calendar.ts'
import { MONTHS } from '#server/domain/reference.ts'
import { postingCutOffAt } from '#server/domain/working-days.ts'

/** So many periods of one calendar at most: three years. */
export const CLOSE_PERIODS_MAX = 36

export type Chosen = {
  readonly period?: string | undefined
  /** Names of periods, both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}
export type PlacedCell = CloseCell & { readonly name: string | null; readonly timeZone: string }

/** The chosen periods of each entity by its own calendar; the one it closes now where none is chosen: the newest that has ended. */
export function closeCellsOf(
  calendars: readonly CalendarDefinition[],
  entities: readonly EntityRow[],
  chosen: Chosen,
  now: Date,
): PlacedCell[] {
  const byCode = new Map(calendars.map((calendar) => [calendar.calendar, calendar]))
  const months = byCode.get(MONTHS.calendar) ?? MONTHS
  const placed = new Map<string, readonly Omit<CloseCell, 'entity'>[]>()
  return entities.flatMap(({ entity, name, calendar }) => {
    // One that is named and was not imported is twelve months, as it is when lines are loaded.
    const definition = byCode.get(calendar) ?? months
    const periods = placed.get(calendar) ?? periodsToClose(definition, calendar || MONTHS.calendar, chosen, now)
    placed.set(calendar, periods)
    return periods.map((period) => ({ ...period, entity, name, timeZone: definition.timeZone }))
  })
}

function periodsToClose(
  definition: CalendarDefinition,
  calendar: string,
  chosen: Chosen,
  now: Date,
): Omit<CloseCell, 'entity'>[] {
  const all = periodsOf(definition)
  return chosenOf(all, chosen, businessDateOf(now.toISOString(), definition)).map((index) => {
    const period = all[index]!
    const next = all[index + 1] ?? period
    return { ...period, calendar, feedsTo: next.endsOn, cutOffAt: postingCutOffAt(definition, period) }
  })
}

function chosenOf(all: readonly FiscalPeriod[], { period, from, to }: Chosen, today: string): number[] {
  const indexes = [...all.keys()]
  if (period) return indexes.filter((index) => all[index]!.period === period)
  const current = all.findLastIndex(({ endsOn }) => endsOn < today)
  if (!from && !to) return current === -1 ? [] : [current]
  return indexes
    .filter(
      (index) => (!from || all[index]!.period >= from) && (to ? all[index]!.period <= to : index <= Math.max(current + 1, 0)),
    )
    .slice(-CLOSE_PERIODS_MAX)
}
