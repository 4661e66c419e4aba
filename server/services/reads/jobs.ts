import { stringify } from 'yaml'
import type { Queryable } from '#db/client.ts'
import { findJobDefinition, listJobRows, listJobVersions, type JobListRow, type JobVersionRow } from '#db/queries/job-screens.ts'
import { listRunRows, type RunRow } from '#db/queries/run-screens.ts'
import { Refusal } from '#server/domain/errors.ts'
import { JobDefinition } from '#server/domain/job.ts'
import { hasEnded } from '#server/domain/run.ts'

export type { JobListRow, JobVersionRow }

export type JobsView = { readonly jobs: readonly JobListRow[]; readonly isLive: boolean; readonly computedAt: string }

export async function readJobs(db: Queryable, scope: readonly string[], now: Date): Promise<JobsView> {
  const jobs = await listJobRows(db, scope)
  return {
    jobs,
    isLive: jobs.some(({ lastStatus }) => lastStatus !== null && !hasEnded(lastStatus)),
    computedAt: now.toISOString(),
  }
}

export type JobView = {
  readonly job: JobListRow
  readonly versions: readonly JobVersionRow[]
  /** The version whose YAML is shown. */
  readonly shown: { readonly version: number; readonly yaml: string }
  readonly runs: readonly RunRow[]
  readonly isLive: boolean
  readonly computedAt: string
}

const VERSIONS_MAX = 100
const RUNS_SHOWN = 10

/** One job; `version` is the one whose YAML is wanted, the current one by default. Throws Refusal (job_not_found). */
export async function readJob(
  db: Queryable,
  name: string,
  version: number | undefined,
  scope: readonly string[],
  now: Date,
): Promise<JobView> {
  const [job] = await listJobRows(db, scope, name)
  if (!job) throw new Refusal('job_not_found', name)
  const wanted = version ?? job.version
  const [versions, yaml, runs] = await Promise.all([
    listJobVersions(db, name, VERSIONS_MAX),
    readJobYaml(db, name, wanted),
    listRunRows(db, { job: name, limit: RUNS_SHOWN, scope }),
  ])
  return {
    job,
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
