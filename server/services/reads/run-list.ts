import type { Queryable } from '#db/client.ts'
import { listRunRows, type RunRow, type RunRowsFilter } from '#db/queries/run-screens.ts'
import { listJobs } from '#db/queries/runs.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { hasEnded } from '#server/domain/run.ts'
import { EXPORT_ROWS_MAX, wholeExport } from './whole-export.ts'

export type RunListView = {
  readonly rows: readonly RunRow[]
  readonly jobs: readonly { readonly name: string; readonly title: string }[]
  readonly systems: readonly { readonly code: string; readonly name: string }[]
  /** Whether there are rows beyond this page. */
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  /** Something shown may still change by itself. */
  readonly isLive: boolean
  readonly computedAt: string
}

const PAGE_ROWS = 50

export type RunListFilter = Omit<RunRowsFilter, 'limit'>

/** One page of runs, newest first. */
export async function readRunList(db: Queryable, filter: RunListFilter, now: Date): Promise<RunListView> {
  const backwards = filter.after !== undefined && filter.before === undefined
  const [found, jobs] = await Promise.all([listRunRows(db, { ...filter, limit: PAGE_ROWS + 1 }), listJobs(db)])
  const isMore = found.length > PAGE_ROWS
  const rows = backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS)
  return {
    rows,
    jobs: jobs.map(({ name, definition }) => ({ name, title: definition.title })),
    systems: systemsOf(jobs.map(({ definition }) => definition)),
    hasNewer: backwards ? isMore : filter.before !== undefined,
    hasOlder: backwards || isMore,
    isLive: rows.some((row) => !hasEnded(row.status)),
    computedAt: now.toISOString(),
  }
}

/** Each system once, by name. */
function systemsOf(jobs: readonly JobDefinition[]): RunListView['systems'] {
  const byCode = new Map(jobs.map(({ system }) => [system.code, { code: system.code, name: system.name }]))
  return [...byCode.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** All runs of the view, for a file. Throws Refusal (input_invalid) for too many, as all of these do. */
export const readRunsForExport = (
  db: Queryable,
  filter: Omit<RunListFilter, 'after' | 'before'>,
  max = EXPORT_ROWS_MAX,
): Promise<RunRow[]> => wholeExport(max, (limit) => listRunRows(db, { ...filter, limit }))
