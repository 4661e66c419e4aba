import type { Queryable } from '#db/client.ts'
import { listCalendars, listEntities, listPeriodStates } from '#db/queries/period-screens.ts'
import { listWaitingReopenings, type Reopening } from '#db/queries/periods.ts'
import { ACTUALS, type Certainty } from '#server/domain/certainty.ts'
import type { NotReady } from '#server/domain/close.ts'
import type { PeriodState } from '#server/domain/period-state.ts'
import { closeCellsOf, type Chosen, type PlacedCell } from '../close/close-cells.ts'
import { closeFiguresOf, type CloseFigures } from '../close/close-figures.ts'
import { readCertainty } from './certainty.ts'

/** An entity and a period: what is loaded, tied and signed, what is late, and what blocks the close. */
export type CloseBoardRow = PlacedCell &
  CloseFigures & {
    readonly state: PeriodState
    readonly changedAt: string | null
    readonly changedBy: string | null
    readonly reason: string | null
    /** What was not ready when it was closed all the same. */
    readonly closedOver: readonly NotReady[]
    /** Asked for, and waits for a second person. */
    readonly reopening: Pick<Reopening, 'requestId' | 'requestedBy' | 'requestedAt' | 'reason'> | null
    readonly certainty: Certainty
    readonly isPastCutOff: boolean
  }
export type CloseBoard = {
  readonly rows: readonly CloseBoardRow[]
  /** Of all that match, not of this page. */
  readonly sums: {
    readonly rows: number
    readonly ready: number
    readonly closed: number
    readonly certified: number
    readonly defined: number
  }
  readonly calendars: readonly string[]
  readonly page: number
  readonly hasMore: boolean
  readonly computedAt: string
}
export type CloseBoardRequest = Chosen & {
  readonly entity?: string | undefined
  readonly version?: string | undefined
  readonly calendar?: string | undefined
  readonly state?: PeriodState | undefined
  readonly is?: 'blocked' | 'ready' | undefined
  readonly page?: number | undefined
  /** As of which the figures are said to be certified. What else stands on the board stands now. */
  readonly publication: number
  readonly scope: readonly string[]
}

const PAGE_ROWS = 100

export async function readCloseBoard(db: Queryable, { page = 1, ...request }: CloseBoardRequest, now: Date): Promise<CloseBoard> {
  const { rows, calendars } = await readRows(db, request, now)
  const shown = rows.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS)
  const sum = (of: (row: CloseBoardRow) => number) => rows.reduce((n, row) => n + of(row), 0)
  return {
    rows: shown,
    sums: {
      rows: rows.length,
      ready: sum(({ notReady }) => (notReady.length === 0 ? 1 : 0)),
      closed: sum(({ state }) => (state === 'closed' ? 1 : 0)),
      certified: sum(({ reconciliations }) => reconciliations.certified),
      defined: sum(({ reconciliations }) => reconciliations.defined),
    },
    calendars,
    page,
    hasMore: rows.length > page * PAGE_ROWS,
    computedAt: now.toISOString(),
  }
}

export const readCloseBoardForExport = async (db: Queryable, request: CloseBoardRequest, now: Date): Promise<CloseBoardRow[]> =>
  (await readRows(db, request, now)).rows

async function readRows(db: Queryable, request: CloseBoardRequest, now: Date) {
  const { scope, version, entity, calendar, publication } = request
  const [calendars, entities] = await Promise.all([listCalendars(db), listEntities(db, scope)])
  const chosen = entities.filter(
    (one) => (!entity || one.entity === entity) && (!calendar || (one.calendar || 'months') === calendar),
  )
  const cells = closeCellsOf(calendars, chosen, request, now)
  const periods = [...new Set(cells.map(({ period }) => period))]
  const [figures, states, waiting, certainty] = await Promise.all([
    closeFiguresOf(db, cells, { scope, version, today: now.toISOString().slice(0, 10) }),
    listPeriodStates(db, scope),
    listWaitingReopenings(db, scope),
    readCertainty(db, { scope, entity, periods, version: version ?? ACTUALS }, publication),
  ])
  const stateOf = new Map(states.map((row) => [`${row.entity} ${row.period}`, row]))
  const waitingOf = new Map(waiting.map((row) => [`${row.entity} ${row.period}`, row]))
  const rows = cells.map((cell): CloseBoardRow => {
    const said = stateOf.get(`${cell.entity} ${cell.period}`)
    const asked = waitingOf.get(`${cell.entity} ${cell.period}`)
    return {
      ...cell,
      ...figures(cell),
      state: said?.state ?? 'open',
      changedAt: said?.changedAt ?? null,
      changedBy: said?.changedBy ?? null,
      reason: said?.reason ?? null,
      closedOver: said?.state === 'closed' ? said.notReady : [],
      reopening: asked ? pick(asked) : null,
      certainty: certainty({ entity: cell.entity, period: cell.period, version: version ?? ACTUALS }),
      isPastCutOff: cell.cutOffAt !== null && cell.cutOffAt < now.toISOString(),
    }
  })
  return { rows: rows.filter((row) => isChosen(row, request)), calendars: calendars.map((one) => one.calendar) }
}

const pick = ({ requestId, requestedBy, requestedAt, reason }: Reopening) => ({ requestId, requestedBy, requestedAt, reason })

const isChosen = (row: CloseBoardRow, { state, is }: Pick<CloseBoardRequest, 'state' | 'is'>): boolean =>
  (!state || row.state === state) && (!is || (is === 'ready') === (row.notReady.length === 0))
