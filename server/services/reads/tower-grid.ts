import type { Queryable } from '#db/client.ts'
import { listPublishedTotals } from '#db/queries/totals.ts'
import {
  listJobDays,
  listJobEntities,
  listJobTitles,
  listOpenByJob,
  listOpenByPeriod,
  type JobDay,
  type OpenCell,
} from '#db/queries/status-grid.ts'
export type { JobDay } from '#db/queries/status-grid.ts'
import { EXCEPTION_GROUPS, type ExceptionGroup } from './exceptions-view.ts'
import { readNames } from './member-names.ts'

/** Worst first. `none`: nothing ever came and nothing waits. fine has no count: silence is the good news. */
export const CELL_STATUSES = ['held', 'technical', 'control', 'unclassified', 'business', 'fine', 'none'] as const
export type CellStatus = (typeof CELL_STATUSES)[number]
/** `count`: how many rows the list of the worst status has. `more`: what is open of other kinds. */
export type GridCell = { readonly status: CellStatus; readonly count: number; readonly more: readonly CellStatus[] }

export type GridView = 'periods' | 'jobs' | 'days'
export type GridRow = { readonly code: string; readonly name: string | null; readonly cells: readonly GridCell[] }
export type Grid =
  | {
      readonly view: 'periods' | 'jobs'
      readonly columns: readonly { readonly code: string; readonly title: string | null }[]
      readonly rows: readonly GridRow[]
      /** Columns that are not shown, and how many of those have something open. */
      readonly leftOut: number
      readonly openLeftOut: number
    }
  | {
      readonly view: 'days'
      readonly days: readonly string[]
      readonly rows: readonly { readonly job: string; readonly title: string; readonly days: readonly (JobDay | null)[] }[]
    }

export type GridRequest = {
  readonly grid: GridView
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly publication: number
  readonly scope: readonly string[]
}

/** As many as fit beside the rail of a small screen. */
const PERIODS_MAX = 12
const JOBS_MAX = 12
const DAYS = 28
const DAY_MS = 86_400_000
const NOTHING: GridCell = { status: 'none', count: 0, more: [] }

export async function readGrid(db: Queryable, request: GridRequest, now: Date): Promise<Grid> {
  if (request.grid === 'days') return readDays(db, request, now)
  const cells = new Map<string, GridCell>()
  const isJobs = request.grid === 'jobs'
  const [known, open] = isJobs ? await jobCells(db, request) : await periodCells(db, request)
  for (const key of known) cells.set(key, { status: 'fine', count: 0, more: [] })
  for (const [key, ofCell] of grouped(open)) {
    const [entity, of] = key.split(SEPARATOR) as [string, string]
    if (request.entity && entity !== request.entity) continue
    if (!isJobs && request.period && of !== request.period) continue
    cells.set(key, worstOf(ofCell))
  }
  const titles = isJobs ? new Map((await listJobTitles(db)).map(({ job, title }) => [job, title])) : new Map<string, string>()
  return arranged(db, request, cells, (code) => titles.get(code) ?? null)
}

async function periodCells(db: Queryable, request: GridRequest): Promise<readonly [string[], OpenCell[]]> {
  const { publication, grid: _, ...filter } = request
  const [totals, open] = await Promise.all([listPublishedTotals(db, filter, publication), listOpenByPeriod(db, request.scope)])
  return [totals.map(({ entity, period }) => keyOf(entity, period)), open]
}

async function jobCells(db: Queryable, { scope, entity }: GridRequest): Promise<readonly [string[], OpenCell[]]> {
  const [pairs, open] = await Promise.all([listJobEntities(db, scope), listOpenByJob(db, scope)])
  return [pairs.filter((pair) => !entity || pair.entity === entity).map((pair) => keyOf(pair.entity, pair.job)), open]
}

async function arranged(
  db: Queryable,
  { grid, publication, scope }: GridRequest,
  cells: ReadonlyMap<string, GridCell>,
  titleOf: (code: string) => string | null,
): Promise<Grid> {
  const keys = [...cells.keys()].map((key) => key.split(SEPARATOR) as [string, string])
  const columns = distinct(keys.map(([, of]) => of))
  const open = new Set(keys.filter((key) => isOpen(cells.get(keyOf(...key))!)).map(([, of]) => of))
  // What is open is shown however old it is; the newest of the others fill up.
  const newestFirst = grid === 'periods' ? [...columns].reverse() : columns
  const byUrgency = [...newestFirst.filter((of) => open.has(of)), ...newestFirst.filter((of) => !open.has(of))]
  const most = grid === 'periods' ? PERIODS_MAX : JOBS_MAX
  const shown = grid === 'periods' ? byUrgency.slice(0, most).sort() : byUrgency.slice(0, most)
  const rank = (entity: string) =>
    Math.min(...columns.map((of) => CELL_STATUSES.indexOf((cells.get(keyOf(entity, of)) ?? NOTHING).status)))
  const entities = distinct(keys.map(([entity]) => entity)).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const nameOf = await readNames(db, 'entity', entities, { publication, scope })
  return {
    view: grid === 'jobs' ? 'jobs' : 'periods',
    columns: shown.map((code) => ({ code, title: titleOf(code) })),
    rows: entities.map((code) => ({
      code,
      name: nameOf(code),
      cells: shown.map((of) => cells.get(keyOf(code, of)) ?? NOTHING),
    })),
    leftOut: columns.length - shown.length,
    openLeftOut: byUrgency.slice(most).filter((of) => open.has(of)).length,
  }
}

async function readDays(db: Queryable, { scope }: GridRequest, now: Date): Promise<Grid> {
  const days = Array.from({ length: DAYS }, (_, i) =>
    new Date(now.getTime() - (DAYS - 1 - i) * DAY_MS).toISOString().slice(0, 10),
  )
  const [found, titles] = await Promise.all([listJobDays(db, { from: days[0]!, to: days.at(-1)!, scope }), listJobTitles(db)])
  const byKey = new Map(found.map((day) => [keyOf(day.job, day.day), day]))
  const urgency = (job: string) =>
    Math.min(...found.filter((day) => day.job === job).map(({ worst }) => WORST.indexOf(worst)), WORST.length)
  const rows = titles
    .map(({ job, title }) => ({ job, title, days: days.map((day) => byKey.get(keyOf(job, day)) ?? null) }))
    .sort((a, b) => urgency(a.job) - urgency(b.job) || (a.job < b.job ? -1 : 1))
  return { view: 'days', days, rows }
}

const WORST: readonly JobDay['worst'][] = ['failed', 'held', 'going', 'cancelled', 'fine']
const SEPARATOR = '\u0000'
const keyOf = (entity: string, of: string) => `${entity}${SEPARATOR}${of}`
const distinct = (codes: readonly string[]) => [...new Set(codes)].sort()
const isOpen = ({ status }: GridCell) => status !== 'fine' && status !== 'none'

function grouped(open: readonly OpenCell[]): Map<string, OpenCell[]> {
  const byKey = new Map<string, OpenCell[]>()
  for (const cell of open) {
    const key = keyOf(cell.entity, cell.of)
    byKey.set(key, [...(byKey.get(key) ?? []), cell])
  }
  return byKey
}

function worstOf(open: readonly OpenCell[]): GridCell {
  const counts = new Map<CellStatus, number>()
  for (const { failureClass, count } of open) {
    const status = failureClass === 'held' ? 'held' : groupOf(failureClass)
    counts.set(status, (counts.get(status) ?? 0) + count)
  }
  const [status, ...more] = CELL_STATUSES.filter((name) => counts.has(name))
  return { status: status!, count: counts.get(status!)!, more }
}

const groupOf = (failureClass: string): ExceptionGroup =>
  (Object.keys(EXCEPTION_GROUPS) as ExceptionGroup[]).find((group) =>
    (EXCEPTION_GROUPS[group] as readonly string[]).includes(failureClass),
  )!
