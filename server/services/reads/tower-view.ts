import type { Queryable } from '#db/client.ts'
import { countExceptions, listExceptions } from '#db/queries/exceptions.ts'
import { countFeeds, listFeedsToWatch, type WatchedFeed } from '#db/queries/feed-figures.ts'
import { countRuns } from '#db/queries/run-filter.ts'
import { sumHeld } from '#db/queries/total-screens.ts'
import {
  listRecentPublications,
  listRunsToWatch,
  listUnexplained,
  type RecentPublication,
  type WatchedRun,
} from '#db/queries/tower.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { sumWaitingRecords } from '#db/queries/waiting.ts'
import { readQueueState, type QueueState } from '#db/queries/workers.ts'
import type { Role } from '#server/domain/actor.ts'
import { certainSums, type Certainty } from '#server/domain/certainty.ts'
import type { FeedState } from '#server/domain/schedule.ts'
import { readCertaintyAmong } from './certainty.ts'
import { readCloseReadiness, type CloseRow } from './close-readiness.ts'
import { EXCEPTION_GROUPS, type ExceptionGroup, type ShownException } from './exceptions-view.ts'
import { readGrid, type Grid, type GridView } from './tower-grid.ts'

/** Money that is not where it should be, of one currency. Three kinds of figures, never one sum; null where there is none. */
export type MoneyRow = {
  readonly currency: string
  readonly unexplained: { readonly amount: string; readonly count: number; readonly certainty: Certainty } | null
  readonly waiting: Both | null
  readonly held: Both | null
}
type Both = { readonly debit: string; readonly credit: string; readonly count: number; readonly certainty: Certainty }

export type TowerView = {
  readonly open: Readonly<Record<ExceptionGroup, number>>
  readonly money: readonly MoneyRow[]
  readonly stopped: { readonly held: number; readonly failed: number; readonly runs: readonly WatchedRun[] }
  readonly going: { readonly count: number; readonly runs: readonly WatchedRun[] }
  readonly feeds: { readonly counts: Readonly<Record<FeedState, number>>; readonly rows: readonly WatchedFeed[] }
  /** Open causes of the role's own groups, newest first. */
  readonly causes: readonly ShownException[]
  readonly close: readonly CloseRow[]
  readonly grid: Grid
  readonly queue: QueueState
  readonly publications: readonly RecentPublication[]
  readonly computedAt: string
}

export type TowerRequest = {
  readonly role: Role | 'service'
  readonly grid: GridView
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly publication: number
  readonly scope: readonly string[]
}

const RUNS_MAX = 12
const CAUSES_MAX = 8
const FEEDS_MAX = 8
const PUBLICATIONS_MAX = 6
/** As `/readyz` sees it: who said nothing for so long is not counted. */
const WORKER_SILENT_MS = 20_000

/** Which groups of exceptions a role acts on; those who act on nothing see the business ones. */
const OWN_GROUPS: Readonly<Record<Role | 'service', readonly ExceptionGroup[]>> = {
  finance_operations: ['business', 'control'],
  controller: ['control', 'business'],
  it: ['technical', 'unclassified'],
  auditor: ['business', 'control', 'technical', 'unclassified'],
  admin: ['business', 'control', 'technical', 'unclassified'],
  service: ['technical'],
}

/** The first page. The grid and the publications are as of a publication; what must be acted on is as it stands now. */
export async function readTower(db: Queryable, { role, ...request }: TowerRequest, now: Date): Promise<TowerView> {
  const { publication, grid: _, ...view } = request
  const [open, money, stopped, going, runs, feeds, causes, close, grid, queue, publications] = await Promise.all([
    countExceptions(db, { ...view, state: 'open' }),
    readMoney(db, view),
    listRunsToWatch(db, { ...view, is: 'to_mend' }, RUNS_MAX),
    listRunsToWatch(db, { ...view, is: 'going' }, RUNS_MAX),
    Promise.all([countRuns(db, { ...view, is: 'to_mend' }), countRuns(db, { ...view, is: 'going' })]),
    readFeeds(db, view),
    readCauses(db, role, view),
    readCloseReadiness(db, request, now),
    readGrid(db, request, now),
    readQueueState(db, WORKER_SILENT_MS),
    listRecentPublications(db, view, publication, PUBLICATIONS_MAX),
  ])
  const [toMend, goingOn] = runs
  const of = (name: ExceptionGroup) => EXCEPTION_GROUPS[name].reduce((sum, failureClass) => sum + open[failureClass], 0)
  return {
    open: { business: of('business'), technical: of('technical'), control: of('control'), unclassified: of('unclassified') },
    money,
    stopped: { held: toMend.held ?? 0, failed: toMend.failed ?? 0, runs: stopped },
    going: { count: Object.values(goingOn).reduce((sum, n) => sum + n, 0), runs: going },
    feeds,
    causes,
    close,
    grid,
    queue,
    publications,
    computedAt: now.toISOString(),
  }
}

type View = Pick<TowerRequest, 'entity' | 'period' | 'version' | 'scope'>

async function readMoney(db: Queryable, view: View): Promise<MoneyRow[]> {
  const [publication, ...found] = await Promise.all([
    newestPublication(db),
    listUnexplained(db, view),
    sumWaitingRecords(db, view),
    sumHeld(db, view),
  ])
  const slices = found.flat().flatMap((sum) => sum.slices)
  const certainty = await readCertaintyAmong(db, slices, view.scope, publication)
  const unexplained = certainSums(found[0], certainty)
  const [waiting, held] = [certainSums(found[1], certainty), certainSums(found[2], certainty)]
  const currencies = [...new Set([...unexplained, ...waiting, ...held].map(({ currency }) => currency))].filter(Boolean).sort()
  const of = <T extends { readonly currency: string }>(rows: readonly T[], currency: string) =>
    rows.find((row) => row.currency === currency) ?? null
  return currencies.map((currency) => ({
    currency,
    unexplained: of(unexplained, currency),
    waiting: of(waiting, currency),
    held: of(held, currency),
  }))
}

async function readFeeds(db: Queryable, { entity, scope }: View): Promise<TowerView['feeds']> {
  const filter = { entity, scope }
  const [counts, rows] = await Promise.all([countFeeds(db, filter), listFeedsToWatch(db, filter, FEEDS_MAX)])
  return { counts, rows }
}

async function readCauses(db: Queryable, role: TowerRequest['role'], view: View): Promise<ShownException[]> {
  const classes = OWN_GROUPS[role].flatMap((group) => EXCEPTION_GROUPS[group])
  const rows = await listExceptions(db, { ...view, state: 'open', classes, limit: CAUSES_MAX })
  return rows
}
