import type { Queryable } from '#db/client.ts'
import {
  listCallBuckets,
  listCalls,
  listLastCalls,
  listSystemJobs,
  listSystems,
  listTargetJobs,
  sumCalls,
  type CallFigures,
  type CallRow,
  type LastCalls,
  type SystemJobRow,
  type SystemRow,
  type TargetJobRow,
} from '#db/queries/system-screens.ts'
import { healthOf, type Health } from '#server/domain/connection-health.ts'
import { Refusal } from '#server/domain/errors.ts'

export const WINDOWS = { '1h': 3_600_000, '24h': 86_400_000, '7d': 7 * 86_400_000, '30d': 30 * 86_400_000 } as const
export type Window = keyof typeof WINDOWS

/** Calls of a window. Rates and speeds are of that window; health and the last success and failure are as they stand now. */
export type Figures = Omit<CallFigures, 'key'> & {
  readonly health: Health
  readonly lastOkAt: string | null
  readonly lastFailedAt: string | null
  readonly lastFailure: string | null
  /** p95 of the calls that succeeded and the number that failed, by part of the window, oldest first. */
  readonly speed: readonly (number | null)[]
  readonly failures: readonly number[]
}
export type JobSource = {
  readonly job: string
  readonly title: string
  readonly isPaused: boolean
  readonly type: 'file' | 'folder' | 'http'
  /** Where it is asked; null for files that people bring. Never a secret. */
  readonly address: string | null
  /** The environment variable that holds the credential, and whether this process has it. */
  readonly credential: { readonly name: string; readonly isSet: boolean } | null
}
export type SystemView = SystemRow & { readonly jobs: readonly JobSource[]; readonly figures: Figures }
export type SystemsView = {
  readonly systems: readonly SystemView[]
  readonly window: Window
  readonly from: string
  /** The end of the window: figures and their lists are of the same calls. */
  readonly until: string
  readonly computedAt: string
}

export type CallsRequest = {
  readonly window: Window
  /** The end of the window, ISO; now where it is left out. */
  readonly until?: string | undefined
  readonly credential: (name: string) => string | undefined
}

const PARTS = 24

export async function readSystems(db: Queryable, { window, until, credential }: CallsRequest, now: Date): Promise<SystemsView> {
  const span = spanOf(window, until, now)
  const [systems, jobs, figures] = await Promise.all([listSystems(db), listSystemJobs(db), readFigures(db, span, 'system')])
  return {
    systems: systems.map((system) => ({
      ...system,
      jobs: jobs.filter((job) => job.system === system.code).map((job) => sourceOf(job, credential)),
      figures: figures(system.code),
    })),
    window,
    ...span,
    computedAt: now.toISOString(),
  }
}

export type SystemDetail = {
  readonly system: SystemView
  readonly jobs: readonly (JobSource & { readonly figures: Figures })[]
  /** Jobs that deliver to it. */
  readonly deliveredBy: readonly TargetJobRow[]
  readonly calls: readonly CallRow[]
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  readonly window: Window
  readonly from: string
  readonly until: string
  readonly computedAt: string
}

export type SystemRequest = CallsRequest & {
  readonly code: string
  readonly job?: string | undefined
  readonly outcome?: string | undefined
  readonly slowerMs?: number | undefined
  readonly before?: number | undefined
  readonly after?: number | undefined
}

const PAGE_ROWS = 50

/** One system, its jobs and its calls. Throws Refusal (system_not_found). */
export async function readSystem(db: Queryable, request: SystemRequest, now: Date): Promise<SystemDetail> {
  const { code, window, until, credential, job, outcome, slowerMs, before, after } = request
  const span = spanOf(window, until, now)
  const [[system], jobs, deliveredBy, ofSystem, ofJob, found] = await Promise.all([
    listSystems(db, code),
    listSystemJobs(db, code),
    listTargetJobs(db, code),
    readFigures(db, span, 'system', code),
    readFigures(db, span, 'job', code),
    listCalls(db, { ...span, system: code, job, outcome, slowerMs, before, after, limit: PAGE_ROWS + 1 }),
  ])
  if (!system) throw new Refusal('system_not_found', code)
  const sources = jobs.map((row) => sourceOf(row, credential))
  const backwards = after !== undefined && before === undefined
  const isMore = found.length > PAGE_ROWS
  return {
    system: { ...system, jobs: sources, figures: ofSystem(code) },
    jobs: sources.map((source) => ({ ...source, figures: ofJob(source.job) })),
    deliveredBy,
    calls: backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS),
    hasNewer: backwards ? isMore : before !== undefined,
    hasOlder: backwards || isMore,
    window,
    ...span,
    computedAt: now.toISOString(),
  }
}

function spanOf(window: Window, until: string | undefined, now: Date): { from: string; until: string } {
  const end = until ? new Date(until) : now
  return { from: new Date(end.getTime() - WINDOWS[window]).toISOString(), until: end.toISOString() }
}

async function readFigures(
  db: Queryable,
  span: { from: string; until: string },
  by: 'system' | 'job',
  code: string | null = null,
): Promise<(key: string) => Figures> {
  const filter = { ...span, system: code ?? undefined }
  const [sums, last, buckets] = await Promise.all([
    sumCalls(db, filter, by),
    listLastCalls(db, by, code),
    listCallBuckets(db, filter, by, PARTS),
  ])
  return (key) => {
    const { key: _, ...sum } = sums.find((row) => row.key === key) ?? { key, ...NO_CALLS }
    const { lastOkAt, lastFailedAt, lastFailure, newest } = last.find((row) => row.key === key) ?? NEVER
    const parts = Array.from({ length: PARTS }, (_part, i) =>
      buckets.find((bucket) => bucket.key === key && bucket.bucket === i + 1),
    )
    return {
      ...sum,
      health: healthOf(newest),
      lastOkAt,
      lastFailedAt,
      lastFailure,
      speed: parts.map((part) => part?.p95 ?? null),
      failures: parts.map((part) => part?.failed ?? 0),
    }
  }
}

const NO_CALLS = { calls: 0, failed: 0, throttled: 0, waitMs: 0, p50: null, p95: null }
const NEVER: Omit<LastCalls, 'key'> = { lastOkAt: null, lastFailedAt: null, lastFailure: null, newest: [] }

function sourceOf({ job, title, source, isPaused }: SystemJobRow, credential: CallsRequest['credential']): JobSource {
  const address = source.type === 'http' ? source.url : source.type === 'folder' ? source.path : null
  const name = typeof source.tokenFrom === 'string' ? source.tokenFrom : null
  return {
    job,
    title,
    isPaused,
    type: source.type,
    address: typeof address === 'string' ? address : null,
    credential: name === null ? null : { name, isSet: Boolean(credential(name)?.trim()) },
  }
}
