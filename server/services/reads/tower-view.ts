import type { Queryable } from '#db/client.ts'
import { countExceptions } from '#db/queries/exceptions.ts'
import { listHeld } from '#db/queries/total-screens.ts'
import { listPublishedTotals } from '#db/queries/totals.ts'
import {
  listAtStake,
  listExceptionSlices,
  listRecentPublications,
  listRunsToWatch,
  type AtStake,
  type RecentPublication,
  type StoppedRun,
} from '#db/queries/tower.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import { readNames } from './member-names.ts'

/** The worst there is to say of an entity's period. fine: published, nothing waits. none: nothing was published and nothing waits. */
export type CellStatus = 'held' | 'exceptions' | 'fine' | 'none'
export type GridCell = { readonly status: CellStatus; readonly causes: number }
export type Grid = {
  readonly periods: readonly string[]
  readonly rows: readonly { readonly entity: string; readonly name: string | null; readonly cells: readonly GridCell[] }[]
  /** Periods that are not shown, and how many of those have something held or open. */
  readonly periodsLeftOut: number
  readonly openLeftOut: number
}

export type TowerView = {
  readonly open: Readonly<Record<FailureClass, number>>
  readonly atStake: readonly AtStake[]
  readonly runs: readonly StoppedRun[]
  readonly grid: Grid
  readonly publications: readonly RecentPublication[]
  readonly computedAt: string
}

export type TowerRequest = {
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly publication: number
  readonly scope: readonly string[]
}

const RUNS_MAX = 50
const PUBLICATIONS_MAX = 8
/** As many as fit beside the rail of a small screen. */
const PERIODS_MAX = 10

/** The first page. The grid and the publications are as of a publication; what must be acted on is as it stands now. */
export async function readTower(db: Queryable, request: TowerRequest, now: Date): Promise<TowerView> {
  const { publication, ...view } = request
  const [open, atStake, runs, grid, publications] = await Promise.all([
    countExceptions(db, { ...view, state: 'open' }),
    listAtStake(db, view),
    listRunsToWatch(db, view, RUNS_MAX),
    readGrid(db, request),
    listRecentPublications(db, view, publication, PUBLICATIONS_MAX),
  ])
  return { open, atStake, runs, grid, publications, computedAt: now.toISOString() }
}

async function readGrid(db: Queryable, { publication, ...filter }: TowerRequest): Promise<Grid> {
  const [totals, slices, held] = await Promise.all([
    listPublishedTotals(db, filter, publication),
    listExceptionSlices(db, filter.scope),
    listHeld(db, filter),
  ])
  const cells = new Map<string, GridCell>()
  const at = (entity: string, period: string) => `${entity}\u0000${period}`
  for (const { entity, period } of totals) cells.set(at(entity, period), { status: 'fine', causes: 0 })
  for (const { entity, period, causes } of slices) {
    if ((filter.entity && entity !== filter.entity) || (filter.period && period !== filter.period)) continue
    const causesSoFar = cells.get(at(entity, period))?.causes ?? 0
    cells.set(at(entity, period), { status: 'exceptions', causes: causesSoFar + causes })
  }
  for (const { entity, period } of held)
    cells.set(at(entity, period), { status: 'held', causes: cells.get(at(entity, period))?.causes ?? 0 })
  const keys = [...cells.keys()].map((key) => key.split('\u0000') as [string, string])
  const periods = [...new Set(keys.map(([, period]) => period))].sort()
  const open = new Set([...cells].flatMap(([key, { status }]) => (status === 'fine' ? [] : [key.split('\u0000')[1]!])))
  // What is open is shown however old it is; the newest of the others fill up.
  const byUrgency = [...periods].sort((a, b) => (open.has(b) ? 1 : 0) - (open.has(a) ? 1 : 0) || (a < b ? 1 : -1))
  const shown = byUrgency.slice(0, PERIODS_MAX).sort()
  const rank = (entity: string) => Math.min(...periods.map((period) => RANK[cells.get(at(entity, period))?.status ?? 'none']))
  const entities = [...new Set(keys.map(([entity]) => entity))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const entityName = await readNames(db, 'entity', entities, { publication, scope: filter.scope })
  return {
    periods: shown,
    periodsLeftOut: periods.length - shown.length,
    openLeftOut: byUrgency.slice(PERIODS_MAX).filter((period) => open.has(period)).length,
    rows: entities.map((entity) => ({
      entity,
      name: entityName(entity),
      cells: shown.map((period) => cells.get(at(entity, period)) ?? { status: 'none', causes: 0 }),
    })),
  }
}

/** Worst first: entities with something to act on stand on top. */
const RANK: Record<CellStatus, number> = { held: 0, exceptions: 1, fine: 2, none: 3 }
