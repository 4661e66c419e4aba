import { sql } from 'drizzle-orm'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Schedule, TickOutcome } from '#server/domain/schedule.ts'
import type { Queryable, Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { textArray } from '../text-array.ts'

/** An instant in whole milliseconds: what a due time is compared with. */
export const ms = (column: ReturnType<typeof sql>) => sql<number>`(extract(epoch from ${column}) * 1000)::float8`

/**
 * When the rule that stands came into force: with the first version that has it. Another policy, owner or count is no other
 * rule. Of a query with jobs as `j` and their versions as `v`.
 */
export const inForceSince = (rule: 'schedule' | 'expected') => {
  const times = (version: 'p' | 'v') =>
    sql`(${sql.identifier(version)}.definition->${rule}::text) - '{missed,owner,records}'::text[]`
  return sql`(
  select min(o.created_at) from job_versions o where o.job_id = j.job_id and o.version > coalesce((
    select max(p.version) from job_versions p where p.job_id = j.job_id and p.version < v.version and ${times('p')} is distinct from ${times('v')}), 0))`
}

export type ScheduledJob = {
  readonly jobId: number
  readonly name: string
  readonly version: number
  /** Of the version. As PostgreSQL writes it. */
  readonly madeAt: string
  readonly definition: JobDefinition
  readonly schedule: Schedule
  /** Due times after this are undecided: the last decided one, or when the schedule came into force. Milliseconds. */
  readonly since: number
}

/** A version of a job that is known not to be due yet; told by when it was made as well, for a database may be made anew. */
export type NotYet = Pick<ScheduledJob, 'jobId' | 'version' | 'madeAt'>

/**
 * Jobs that run by themselves and are not paused, but for those that are not due yet. Their definitions are not even read: of a thousand
 * jobs a minute is that of a few.
 */
export async function listScheduledJobs(db: Queryable, notYet: readonly NotYet[] = []): Promise<ScheduledJob[]> {
  const known = sql`select * from unnest(${intArray(notYet.map(({ jobId }) => jobId))}, ${intArray(notYet.map(({ version }) => version))},
    ${textArray(notYet.map(({ madeAt }) => madeAt))}::timestamptz[])`
  const rows = await db.execute<ScheduledJob>(sql`
    select j.job_id as "jobId", j.name, v.version, v.created_at::text as "madeAt", v.definition, v.definition->'schedule' as schedule,
      ${ms(sql`greatest(${inForceSince('schedule')}, (select max(t.due_at) from ticks t where t.job_id = j.job_id))`)} as since
    from (select j.job_id, j.name, v.version from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version
      where j.paused_at is null and (j.job_id, v.version, v.created_at) not in (${known}) offset 0) j
    join job_versions v using (job_id, version) where v.definition ? 'schedule' order by j.job_id`)
  return [...rows]
}

export type NewTick = { readonly jobId: number; readonly dueAt: Date; readonly outcome: TickOutcome }

/** The key is the decision: only those are returned that nobody had decided. Waits for whoever is deciding one of them right now. */
export async function insertTicks(
  tx: Transaction,
  ticks: readonly NewTick[],
  decidedBy: string,
  now: Date,
): Promise<Set<string>> {
  const rows = await tx.execute<{ job_id: number; due: number }>(sql`
    insert into ticks (job_id, due_at, outcome, decided_by, decided_at)
    select t."jobId", t."dueAt", t.outcome, ${decidedBy}, ${now.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(ticks)}::jsonb) as t ("jobId" int, "dueAt" timestamptz, outcome text) order by 1, 2
    on conflict (job_id, due_at) do nothing returning job_id, ${ms(sql`due_at`)} as due`)
  return new Set(rows.map((row) => tickKey(row.job_id, new Date(row.due))))
}

export const tickKey = (jobId: number, dueAt: Date): string => `${jobId} ${dueAt.getTime()}`

/** Which run each tick started. */
export async function linkTicks(tx: Transaction, links: readonly { jobId: number; dueAt: Date; runId: number }[]): Promise<void> {
  if (links.length === 0) return
  await tx.execute(sql`
    update ticks set run_id = l."runId" from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as l ("jobId" int, "dueAt" timestamptz, "runId" int)
    where ticks.job_id = l."jobId" and ticks.due_at = l."dueAt"`)
}

export type DependencyFacts = {
  readonly name: string
  readonly schedule: Schedule | null
  readonly inForceSince: number
  readonly newestStatus: RunStatus | null
  readonly newestTrigger: RunTrigger | null
  readonly newestAt: number | null
  readonly isActive: boolean
  readonly tickDueAt: number | null
  readonly tickOutcome: TickOutcome | null
}

/** What is known of jobs that others wait for. */
export async function listDependencyFacts(db: Queryable, names: readonly string[]): Promise<DependencyFacts[]> {
  if (names.length === 0) return []
  const rows = await db.execute<DependencyFacts>(sql`
    select j.name, v.definition->'schedule' as schedule, ${ms(inForceSince('schedule'))} as "inForceSince", r.status as "newestStatus", r.trigger as "newestTrigger",
      ${ms(sql`coalesce(r.scheduled_for, r.queued_at)`)} as "newestAt",
      exists (select from runs a where a.job_id = j.job_id and not a.is_preview and a.status in ('blocked', 'queued', 'running', 'waiting')) as "isActive",
      ${ms(sql`t.due_at`)} as "tickDueAt", t.outcome as "tickOutcome"
    from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    left join lateral (select * from runs r where r.job_id = j.job_id and not r.is_preview order by r.run_id desc limit 1) r on true
    left join lateral (select * from ticks t where t.job_id = j.job_id order by t.due_at desc limit 1) t on true
    where j.name in ${names}`)
  return [...rows]
}

/** dueAt: what it was started for, or when it was asked for. Milliseconds. */
export type BlockedRun = {
  readonly runId: number
  readonly job: string
  readonly waitsFor: string[]
  readonly after: string[]
  readonly dueAt: number
  readonly correlationId: string
}

/** Blocked runs after a certain one, oldest first; those that wait for a certain job only, if one is named. */
export async function listBlockedRuns(db: Queryable, after: number, limit: number, waitingFor?: string): Promise<BlockedRun[]> {
  const rows = await db.execute<BlockedRun>(sql`
    select r.run_id as "runId", j.name as job, r.waits_for as "waitsFor", array(select jsonb_array_elements_text(v.definition->'after')) as after,
      ${ms(sql`coalesce(r.scheduled_for, r.queued_at)`)} as "dueAt", r.correlation_id as "correlationId"
    from runs r join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = j.current_version
    where r.status = 'blocked' and r.run_id > ${after} and ${waitingFor === undefined ? sql`true` : sql`${waitingFor} = any(r.waits_for)`} order by r.run_id limit ${limit}`)
  return [...rows]
}

/** What a blocked run still waits for. False when it is blocked no more. */
export async function setWaitsFor(tx: Transaction, runId: number, waitsFor: readonly string[]): Promise<boolean> {
  const rows = await tx.execute(sql`
    update runs set waits_for = array(select jsonb_array_elements_text(${JSON.stringify(waitsFor)}::jsonb)),
      status = case when ${waitsFor.length === 0} then 'queued' else status end, due_at = case when ${waitsFor.length === 0} then now() else due_at end
    where run_id = ${runId} and status = 'blocked' returning 1`)
  return rows.length > 0
}
