import { sql } from 'drizzle-orm'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { sentenceFor } from './run-sentence.ts'
import { inScope } from './totals.ts'

export type RunListRow = {
  runId: number
  job: string
  title: string
  trigger: RunTrigger
  status: RunStatus
  slice: string
  attempt: number
  publication: number | null
  originRunId: number | null
  requestedBy: string
  queuedAt: string
  startedAt: string | null
  finishedAt: string | null
  dueAt: string
  sentence: string | null
  extracted: number | null
  rejected: number | null
}

export type RunsFilter = {
  readonly job?: string | undefined
  readonly status?: string | undefined
  readonly trigger?: string | undefined
  readonly before?: number | undefined
  readonly limit: number
  readonly scope: readonly string[]
}

/** Runs, newest first, without rehearsals. A run is in scope when it touched an entity in scope, or none yet. */
export async function listRuns(db: Queryable, { job, status, trigger, before, limit, scope }: RunsFilter): Promise<RunListRow[]> {
  const parts = [sql`not r.is_preview`]
  if (job) parts.push(sql`j.name = ${job}`)
  if (status) parts.push(sql`r.status = ${status}`)
  if (trigger) parts.push(sql`r.trigger = ${trigger}`)
  if (before) parts.push(sql`r.run_id < ${before}`)
  if (!scope.includes('*')) {
    parts.push(
      sql`(not exists (select from control_totals c where c.run_id = r.run_id and c.entity <> '') or exists (select from control_totals c where c.run_id = r.run_id and c.entity in ${scope.length ? scope : ['']}))`,
    )
  }
  const rows = await db.execute<RunListRow>(sql`
    select r.run_id as "runId", j.name as job, v.definition->>'title' as title, r.trigger, r.status, r.slice, r.attempt, r.publication, r.origin_run_id as "originRunId", r.requested_by as "requestedBy",
      r.queued_at as "queuedAt", r.started_at as "startedAt", r.finished_at as "finishedAt", r.due_at as "dueAt", ${sentenceFor(scope)} as sentence,
      (select sum(count)::int from control_totals c where c.run_id = r.run_id and c.checkpoint = 'extracted' and ${inScope(sql`c.entity`, scope)}) as extracted,
      (select sum(count)::int from control_totals c where c.run_id = r.run_id and c.checkpoint = 'rejected' and ${inScope(sql`c.entity`, scope)}) as rejected
    from runs r join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
    where ${sql.join(parts, sql` and `)} order by r.run_id desc limit ${limit}`)
  return [...rows]
}
