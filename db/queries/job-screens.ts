import { sql } from 'drizzle-orm'
import type { JobDefinition } from '#server/domain/job.ts'
import type { RunStatus } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { jobsOfCause } from '../load/exceptions.ts'
import { isOpen } from './exception-filter.ts'
import { inScope } from './totals.ts'
import { sentenceFor } from './run-sentence.ts'

export type JobListRow = {
  job: string
  definition: JobDefinition
  version: number
  changedAt: string
  changedBy: string
  lastRunId: number | null
  lastStatus: RunStatus | null
  lastAt: string | null
  lastSentence: string | null
  openExceptions: number
  pausedAt: string | null
  /** When a run last published, or found everything as it was: how fresh the data is known to be. */
  freshAt: string | null
  lastPublication: number | null
  missingFeeds: number
  /** The newest mapping version of its system; null where codes are mapped by the job alone. */
  mappingVersion: number | null
  /** Jobs that wait for this one. */
  neededBy: string[]
}

/** Every job as it stands, with its latest run and its open exceptions within the caller's scope. */
export async function listJobRows(db: Queryable, scope: readonly string[], job: string | null = null): Promise<JobListRow[]> {
  const rows = await db.execute<JobListRow>(sql`
    select j.name as job, v.definition, v.version, ${iso(sql`v.created_at`)} as "changedAt", v.created_by as "changedBy",
      r.run_id as "lastRunId", r.status as "lastStatus", ${iso(sql`coalesce(r.finished_at, r.started_at, r.queued_at)`)} as "lastAt", ${sentenceFor(scope)} as "lastSentence",
      (select count(*)::int from exceptions e where (e.job_id = j.job_id or j.name = any(${jobsOfCause})) and ${isOpen}
        and (cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))) as "openExceptions",
      ${iso(sql`j.paused_at`)} as "pausedAt", ${iso(sql`g.finished_at`)} as "freshAt",
      (select max(r.publication) from runs r where r.job_id = j.job_id and r.trigger <> 'rollback' and not exists (select from publications w where w.withdraws = r.publication)) as "lastPublication",
      (select count(*)::int from feeds f where f.job_id = j.job_id and f.state = 'missing') as "missingFeeds",
      (select max(m.version) from mapping_versions m where m.system_id = j.system_id) as "mappingVersion",
      array(select n.name from jobs n join job_versions nv on nv.job_id = n.job_id and nv.version = n.current_version where nv.definition->'after' ? j.name order by 1) as "neededBy"
    from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    left join lateral (select * from runs r where r.job_id = j.job_id and not r.is_preview order by r.run_id desc limit 1) r on true
    left join lateral (
      select r.finished_at from runs r where r.job_id = j.job_id and r.status = 'succeeded' and not r.is_preview and r.trigger <> 'rollback'
        and (r.publication is not null or (r.summary->'lines'->>'unchanged')::int + (r.summary->'members'->>'unchanged')::int > 0)
        and not exists (select from publications w where w.withdraws = r.publication) order by r.run_id desc limit 1) g on true
    where ${job === null ? sql`true` : sql`j.name = ${job}`} order by j.name`)
  return [...rows]
}

export type JobVersionRow = { version: number; createdAt: string; createdBy: string; runs: number }

/** The versions of a job, newest first, and how many runs each carried. */
export async function listJobVersions(db: Queryable, job: string, limit: number): Promise<JobVersionRow[]> {
  const rows = await db.execute<JobVersionRow>(sql`
    select v.version, ${iso(sql`v.created_at`)} as "createdAt", v.created_by as "createdBy",
      (select count(*)::int from runs r where r.job_id = v.job_id and r.job_version = v.version and not r.is_preview) as runs
    from job_versions v join jobs j on j.job_id = v.job_id where j.name = ${job} order by v.version desc limit ${limit}`)
  return [...rows]
}

export async function findJobDefinition(db: Queryable, job: string, version: number): Promise<JobDefinition | null> {
  const [row] = await db.execute<{ definition: JobDefinition }>(sql`
    select v.definition from job_versions v join jobs j on j.job_id = v.job_id where j.name = ${job} and v.version = ${version}`)
  return row?.definition ?? null
}
