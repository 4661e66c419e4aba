import { sql } from 'drizzle-orm'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { matchesRun, seenIn, type RunsFilter } from './run-filter.ts'
import { inScope } from './totals.ts'

export type RunRow = {
  runId: number
  job: string
  title: string
  trigger: RunTrigger
  status: RunStatus
  slice: string
  attempt: number
  publication: number | null
  withdrawnBy: number | null
  originRunId: number | null
  requestedBy: string
  queuedAt: string
  startedAt: string | null
  finishedAt: string | null
  dueAt: string
  sentence: string | null
  /** The due time it was started for. */
  scheduledFor: string | null
  /** Names of the jobs a blocked run waits for. */
  waitsFor: string[]
  /** Records of all kinds; of a run still going on, those read so far. */
  extracted: number | null
  rejected: number | null
}

export type RunRowsFilter = RunsFilter & {
  /** Keyset by run id: older than, newer than. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit: number
}

/** Runs, newest first, without rehearsals. */
export async function listRunRows(db: Queryable, filter: RunRowsFilter): Promise<RunRow[]> {
  const { before, after, limit } = filter
  const backwards = after !== undefined && before === undefined
  const parts = [matchesRun(filter)]
  if (before !== undefined) parts.push(sql`r.run_id < ${before}`)
  if (backwards) parts.push(sql`r.run_id > ${after}`)
  const rows = await db.execute<RunRow>(sql`
    with chosen as (
      select r.*, j.name as job from runs r join jobs j on j.job_id = r.job_id
      where ${sql.join(parts, sql` and `)} order by r.run_id ${backwards ? sql`asc` : sql`desc`} limit ${limit})
    select r.run_id as "runId", r.job, v.definition->>'title' as title, r.trigger, r.status, r.slice, r.attempt, r.publication,
      (select w.publication from publications w where w.withdraws = r.publication) as "withdrawnBy", r.origin_run_id as "originRunId", r.requested_by as "requestedBy",
      ${iso(sql`r.queued_at`)} as "queuedAt", ${iso(sql`r.started_at`)} as "startedAt", ${iso(sql`r.finished_at`)} as "finishedAt", ${iso(sql`r.due_at`)} as "dueAt",
      r.summary->>'sentence' as sentence, ${iso(sql`r.scheduled_for`)} as "scheduledFor", r.waits_for as "waitsFor",
      coalesce((r.progress->>'records')::int, (select sum(count)::int from control_totals c where c.run_id = r.run_id and c.checkpoint = 'extracted')) as extracted,
      (select sum(count)::int from control_totals c where c.run_id = r.run_id and c.checkpoint = 'rejected') as rejected
    from chosen r join job_versions v on v.job_id = r.job_id and v.version = r.job_version order by r.run_id desc`)
  return [...rows]
}

export async function isRunInScope(db: Queryable, runId: number, scope: readonly string[]): Promise<boolean> {
  const rows = await db.execute(sql`select 1 from runs r where r.run_id = ${runId} and ${seenIn(scope)}`)
  return rows.length > 0
}

/** True when every entity a run touched is in scope: what its raw bytes may be shown by. */
export async function isRunWholeInScope(db: Queryable, runId: number, scope: readonly string[]): Promise<boolean> {
  if (scope.includes('*')) return true
  // A run that was never judged says nothing of its entities: its bytes are for those who may see all.
  const [row] = await db.execute<{ judged: boolean; outside: boolean }>(sql`
    select count(*) > 0 as judged, coalesce(bool_or(not ${inScope(sql`c.entity`, scope)}), false) as outside
    from control_totals c where c.run_id = ${runId}`)
  return row?.judged === true && !row.outside
}
