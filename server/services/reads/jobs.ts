import { stringify } from 'yaml'
import type { Queryable } from '#db/client.ts'
import { findJobDefinition, listJobRows, listJobVersions, type JobListRow, type JobVersionRow } from '#db/queries/job-screens.ts'
import { listRunRows, type RunRow } from '#db/queries/run-screens.ts'
import { listCalendars } from '#db/queries/definitions.ts'
import { listFeedRows, listTickRows, type FeedRow, type TickRow } from '#db/queries/schedule-screens.ts'
import { Refusal } from '#server/domain/errors.ts'
import { JobDefinition } from '#server/domain/job.ts'
import type { JobState } from '#server/domain/job-state.ts'
import { calendarFinder } from '#server/domain/reference.ts'
import { hasEnded } from '#server/domain/run.ts'
import { nextDueTimes, type DueTime } from './schedule.ts'

export type { JobListRow, JobVersionRow }

/** isMet: null where it never brought anything. */
export type Freshness = { readonly hours: number; readonly isMet: boolean | null }
export type ShownJob = JobListRow & {
  /** When it is due next by itself; null where it is paused or nothing starts it. */
  readonly nextDue: DueTime | null
  readonly freshness: Freshness | null
  readonly states: readonly JobState[]
}

export type JobsFilter = {
  readonly state?: JobState | undefined
  readonly system?: string | undefined
  readonly owner?: string | undefined
  readonly process?: string | undefined
}
export type JobsView = {
  readonly jobs: readonly ShownJob[]
  /** Of all jobs, whatever the filter. */
  readonly counts: Readonly<Record<JobState, number>> & { readonly all: number }
  readonly choices: {
    readonly systems: readonly { readonly code: string; readonly name: string }[]
    readonly owners: readonly string[]
    readonly processes: readonly string[]
  }
  readonly isLive: boolean
  readonly computedAt: string
}

/** Jobs by name, with when they run, how they stand and whether their data is as fresh as it should be. */
export async function readJobs(db: Queryable, filter: JobsFilter, scope: readonly string[], now: Date): Promise<JobsView> {
  const [rows, calendars] = await Promise.all([listJobRows(db, scope), listCalendars(db)])
  const all = rows.map((row) => shownJob(row, calendarFinder(calendars), now))
  const jobs = all.filter(
    ({ definition: { system, owner, process }, states }) =>
      (!filter.state || states.includes(filter.state)) &&
      (!filter.system || system.code === filter.system) &&
      (!filter.owner || owner === filter.owner) &&
      (!filter.process || process === filter.process),
  )
  const count = (state: JobState) => all.filter(({ states }) => states.includes(state)).length
  const systems = new Map(all.map(({ definition: { system } }) => [system.code, system.name]))
  const distinct = (values: readonly string[]) => [...new Set(values)].filter(Boolean).sort()
  return {
    jobs,
    counts: { all: all.length, paused: count('paused'), late: count('late'), failed: count('failed') },
    choices: {
      systems: [...systems].map(([code, name]) => ({ code, name })).sort((a, b) => (a.name < b.name ? -1 : 1)),
      owners: distinct(all.map(({ definition }) => definition.owner)),
      processes: distinct(all.map(({ definition }) => definition.process)),
    },
    isLive: jobs.some(({ lastStatus }) => lastStatus !== null && !hasEnded(lastStatus)),
    computedAt: now.toISOString(),
  }
}

const HOUR_MS = 3_600_000

function shownJob(row: JobListRow, calendarOf: ReturnType<typeof calendarFinder>, now: Date): ShownJob {
  const { schedule, freshHours } = row.definition
  const [nextDue] = schedule && row.pausedAt === null ? nextDueTimes(schedule, calendarOf, now, 1) : []
  const age = row.freshAt === null ? null : now.getTime() - new Date(row.freshAt).getTime()
  const freshness =
    freshHours === undefined ? null : { hours: freshHours, isMet: age === null ? null : age <= freshHours * HOUR_MS }
  const states: JobState[] = []
  if (row.pausedAt !== null) states.push('paused')
  if (row.missingFeeds > 0 || (freshness && freshness.isMet !== true)) states.push('late')
  if (row.lastStatus === 'failed' || row.lastStatus === 'held') states.push('failed')
  return { ...row, nextDue: nextDue ?? null, freshness, states }
}

export type JobView = {
  readonly job: ShownJob
  /** The newest due times that were decided, and the newest feeds. */
  readonly ticks: readonly TickRow[]
  readonly feeds: readonly FeedRow[]
  readonly versions: readonly JobVersionRow[]
  /** The version whose YAML is shown. */
  readonly shown: { readonly version: number; readonly yaml: string }
  readonly runs: readonly RunRow[]
  readonly isLive: boolean
  readonly computedAt: string
}

const VERSIONS_MAX = 100
const RUNS_SHOWN = 10
const TICKS_SHOWN = 20
const FEEDS_SHOWN = 10

/** One job; `version` is the one whose YAML is wanted, the current one by default. Throws Refusal (job_not_found). */
export async function readJob(
  db: Queryable,
  name: string,
  version: number | undefined,
  scope: readonly string[],
  now: Date,
): Promise<JobView> {
  const [row] = await listJobRows(db, scope, name)
  if (!row) throw new Refusal('job_not_found', name)
  const wanted = version ?? row.version
  const [versions, yaml, runs, ticks, feeds, calendars] = await Promise.all([
    listJobVersions(db, name, VERSIONS_MAX),
    readJobYaml(db, name, wanted),
    listRunRows(db, { job: name, limit: RUNS_SHOWN, scope }),
    listTickRows(db, name, TICKS_SHOWN),
    listFeedRows(db, { job: name, scope }, FEEDS_SHOWN),
    listCalendars(db),
  ])
  return {
    job: shownJob(row, calendarFinder(calendars), now),
    ticks,
    feeds,
    versions,
    shown: { version: wanted, yaml },
    runs,
    isLive: runs.some(({ status }) => !hasEnded(status)),
    computedAt: now.toISOString(),
  }
}

/** The YAML of a version, complete enough to be imported elsewhere. Throws Refusal (job_not_found). */
export async function readJobYaml(db: Queryable, name: string, version: number): Promise<string> {
  const definition = await findJobDefinition(db, name, version)
  if (!definition) throw new Refusal('job_not_found', `${name} version ${version}`)
  return yamlOf(definition)
}

/** The database forgets the order of keys; the schema puts them back into the order in which people write them. */
function yamlOf(definition: JobDefinition): string {
  const ordered = JobDefinition.safeParse(definition)
  return stringify(ordered.success ? ordered.data : definition, { lineWidth: 120 })
}

export type FileJob = { readonly name: string; readonly title: string; readonly format: string; readonly maxBytes: number }

/** The jobs that read files people give them. */
export async function readFileJobs(db: Queryable, scope: readonly string[]): Promise<FileJob[]> {
  const jobs = await listJobRows(db, scope)
  return jobs
    .filter(({ definition }) => definition.source.type === 'file')
    .map(({ job, definition }) => ({
      name: job,
      title: definition.title,
      format: definition.format.type,
      maxBytes: definition.limits.maxBytes,
    }))
}
