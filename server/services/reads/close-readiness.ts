import type { Queryable } from '#db/client.ts'
import { listEntityCalendars, listPeriodStates } from '#db/queries/close.ts'
import { listMissingByEntity } from '#db/queries/feed-figures.ts'
import { listSlices } from '#db/queries/scope-options.ts'
import { listOpenByPeriod, type OpenCell } from '#db/queries/status-grid.ts'
import { ACTUALS, type Certainty } from '#server/domain/certainty.ts'
import { periodsOf, type CalendarDefinition, type FiscalPeriod } from '#server/domain/calendar.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import { MONTHS } from '#server/domain/reference.ts'
import { readCertainty } from './certainty.ts'
import { readNames } from './member-names.ts'

/** What stands between an entity and closing its current close period: the newest one that has ended. */
export type CloseRow = {
  readonly entity: string
  readonly name: string | null
  readonly period: string
  readonly endedOn: string
  readonly state: PeriodState
  readonly missingFeeds: number
  readonly heldLoads: number
  readonly business: number
  readonly control: number
  readonly certainty: Certainty
  /** Earlier periods that have figures and are not closed. */
  readonly openBefore: readonly string[]
}

export type CloseRequest = {
  readonly entity?: string | undefined
  readonly publication: number
  readonly scope: readonly string[]
}

/** One row an entity, what is blocked first. */
export async function readCloseReadiness(db: Queryable, request: CloseRequest, now: Date): Promise<CloseRow[]> {
  const { scope, publication } = request
  const [slices, named, states, open, missing, certainty] = await Promise.all([
    listSlices(db, scope),
    listEntityCalendars(db, publication, scope),
    listPeriodStates(db, scope),
    listOpenByPeriod(db, scope),
    listMissingByEntity(db, scope),
    readCertainty(db, { entity: request.entity, version: ACTUALS, scope }, publication),
  ])
  const entities = slices.entities.filter((entity) => !request.entity || entity === request.entity)
  const nameOf = await readNames(db, 'entity', entities, { publication, scope })
  const today = now.toISOString().slice(0, 10)
  const calendars = new Map<string, readonly FiscalPeriod[]>()
  const endedOf = (definition: CalendarDefinition) => {
    const known = calendars.get(definition.calendar) ?? periodsOf(around(definition, now)).filter(({ endsOn }) => endsOn < today)
    calendars.set(definition.calendar, known)
    return known
  }
  const stateOf = (entity: string, period: string) =>
    states.find((row) => row.entity === entity && row.period === period)?.state ?? 'open'
  const rows = entities.flatMap((entity): CloseRow[] => {
    const ended = endedOf(named.findLast((row) => row.entity === entity)?.definition ?? MONTHS)
    const close = ended.at(-1)
    if (!close) return []
    const count = of(open, entity, close.period)
    return [
      {
        entity,
        name: nameOf(entity),
        period: close.period,
        endedOn: close.endsOn,
        state: stateOf(entity, close.period),
        missingFeeds: missing.find((row) => row.entity === entity)?.count ?? 0,
        heldLoads: count('held'),
        business: count('business'),
        control: count('control'),
        certainty: certainty({ entity, period: close.period, version: ACTUALS }),
        openBefore: ended
          .slice(0, -1)
          .map(({ period }) => period)
          .filter((period) => slices.periods.includes(period) && stateOf(entity, period) !== 'closed'),
      },
    ]
  })
  rows.sort((a, b) => (a.entity < b.entity ? -1 : 1))
  return [...rows.filter(isBlocked), ...rows.filter((row) => !isBlocked(row))]
}

/** The years that can matter: building all that a calendar has took longer than everything else here. */
function around(definition: CalendarDefinition, now: Date): CalendarDefinition {
  const year = now.getUTCFullYear()
  const firstYear = Math.max(definition.firstYear, year - YEARS_BACK)
  return { ...definition, firstYear, lastYear: Math.max(firstYear, Math.min(definition.lastYear, year + 1)) }
}
const YEARS_BACK = 5

export const isBlocked = ({ missingFeeds, heldLoads, business, control }: CloseRow): boolean =>
  missingFeeds + heldLoads + business + control > 0

const of = (open: readonly OpenCell[], entity: string, period: string) => (failureClass: OpenCell['failureClass']) =>
  open.find((cell) => cell.entity === entity && cell.of === period && cell.failureClass === failureClass)?.count ?? 0
