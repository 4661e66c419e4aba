import { sql, type SQL } from 'drizzle-orm'
import type { JobDefinition } from '#server/domain/job.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'

export async function findSystemCode(db: Queryable, systemId: number): Promise<string> {
  const [row] = await db.execute<{ code: string }>(sql`select code from systems where system_id = ${systemId}`)
  return row!.code
}

export type SystemRow = { code: string; name: string; kind: string; simulated: boolean }

export async function listSystems(db: Queryable, code: string | null = null): Promise<SystemRow[]> {
  const rows = await db.execute<SystemRow>(
    sql`select code, name, kind, simulated from systems where ${code === null ? sql`true` : sql`code = ${code}`} order by code`,
  )
  return [...rows]
}

export type SystemJobRow = {
  system: string
  job: string
  title: string
  source: JobDefinition['source']
  isPaused: boolean
}

export async function listSystemJobs(db: Queryable, code: string | null = null): Promise<SystemJobRow[]> {
  const rows = await db.execute<SystemJobRow>(sql`
    select s.code as system, j.name as job, v.definition->>'title' as title, v.definition->'source' as source, j.paused_at is not null as "isPaused"
    from jobs j join systems s on s.system_id = j.system_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where ${code === null ? sql`true` : sql`s.code = ${code}`} order by 1, 2`)
  return [...rows]
}

export type TargetJobRow = { job: string; title: string; target: string; open: number; unknown: number }

/** Jobs that deliver to a system as they stand, with how many of their deliveries are not over and how many documents are unknown. */
export async function listTargetJobs(db: Queryable, code: string): Promise<TargetJobRow[]> {
  const rows = await db.execute<TargetJobRow>(sql`
    select j.name as job, v.definition->>'title' as title, t.target->>'name' as target,
      (select count(*)::int from deliveries d where d.job_id = j.job_id and d.target = t.target->>'name' and d.status not in ('confirmed', 'refused', 'aborted')) as open,
      (select count(*)::int from deliveries d join delivery_items i using (delivery_id) where d.job_id = j.job_id and d.target = t.target->>'name'
        and d.status not in ('confirmed', 'refused', 'aborted') and i.state = 'unknown') as unknown
    from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version
      cross join lateral jsonb_array_elements(v.definition->'targets') as t (target)
    where t.target->'system'->>'code' = ${code} order by 1, 3`)
  return [...rows]
}

export type CallsFilter = {
  readonly system?: string | undefined
  readonly job?: string | undefined
  /** Instants, ISO: from the first on, before or at the second. */
  readonly from: string
  readonly until: string
  /** A code of a failure, or one of these groups. */
  readonly outcome?: string | undefined
  /** At least so many milliseconds. */
  readonly slowerMs?: number | undefined
}

/** ms: of the calls that succeeded; an answer that never came has no speed. */
export type CallFigures = {
  key: string
  calls: number
  failed: number
  throttled: number
  waitMs: number
  p50: number | null
  p95: number | null
}

/** The calls of a window by system, or by job of one system. */
export async function sumCalls(db: Queryable, filter: CallsFilter, by: 'system' | 'job'): Promise<CallFigures[]> {
  const rows = await db.execute<CallFigures>(sql`
    select ${by === 'system' ? sql`s.code` : sql`j.name`} as key, count(*)::int as calls, count(*) filter (where ${FAILED})::int as failed,
      count(*) filter (where ${THROTTLED})::int as throttled, coalesce(sum(c.retry_after_ms), 0)::float8 as "waitMs",
      percentile_disc(0.5) within group (order by c.ms) filter (where c.outcome = 'ok') as p50,
      percentile_disc(0.95) within group (order by c.ms) filter (where c.outcome = 'ok') as p95
    from connector_calls c join systems s on s.system_id = c.system_id join jobs j on j.job_id = c.job_id where ${chosenBy(filter)} group by 1`)
  return [...rows]
}

export type LastCalls = {
  key: string
  lastOkAt: string | null
  lastFailedAt: string | null
  lastFailure: string | null
  /** Outcomes of the newest calls, the newest first. */
  newest: string[]
}

/** How it went last, however long ago: health is read from the newest calls, not from the window. */
export async function listLastCalls(db: Queryable, by: 'system' | 'job', code: string | null = null): Promise<LastCalls[]> {
  // A job asks its source; what it delivers elsewhere is of another system.
  const of = by === 'system' ? sql`c.system_id = t.id` : sql`c.job_id = t.id and c.system_id = t.source`
  const things =
    by === 'system'
      ? sql`select system_id as id, code as key from systems where ${code === null ? sql`true` : sql`code = ${code}`}`
      : sql`select j.job_id as id, j.name as key, j.system_id as source from jobs j join systems s on s.system_id = j.system_id where ${code === null ? sql`true` : sql`s.code = ${code}`}`
  const rows = await db.execute<LastCalls>(sql`
    select t.key, ${iso(sql`ok.started_at`)} as "lastOkAt", ${iso(sql`failed.started_at`)} as "lastFailedAt", failed.outcome as "lastFailure", coalesce(newest.outcomes, '{}') as newest
    from (${things}) t
      left join lateral (select c.started_at from connector_calls c where ${of} and c.outcome = 'ok' order by c.started_at desc limit 1) ok on true
      left join lateral (select c.started_at, c.outcome from connector_calls c where ${of} and ${FAILED} order by c.started_at desc limit 1) failed on true
      left join lateral (select array_agg(n.outcome order by n.started_at desc, n.call_id desc) as outcomes from (
        select c.outcome, c.started_at, c.call_id from connector_calls c where ${of} order by c.started_at desc, c.call_id desc limit ${NEWEST}) n) newest on true`)
  return [...rows]
}

const NEWEST = 5

export type CallBucket = { key: string; bucket: number; p95: number | null; failed: number }

/** The window cut into equal parts, numbered from 1: for a small line. Parts without a call are left out. */
export async function listCallBuckets(
  db: Queryable,
  filter: CallsFilter,
  by: 'system' | 'job',
  parts: number,
): Promise<CallBucket[]> {
  const rows = await db.execute<CallBucket>(sql`
    select ${by === 'system' ? sql`s.code` : sql`j.name`} as key,
      least(${parts}, width_bucket(extract(epoch from c.started_at)::float8, extract(epoch from ${filter.from}::timestamptz)::float8, extract(epoch from ${filter.until}::timestamptz)::float8, ${parts})) as bucket,
      percentile_disc(0.95) within group (order by c.ms) filter (where c.outcome = 'ok') as p95, count(*) filter (where ${FAILED})::int as failed
    from connector_calls c join systems s on s.system_id = c.system_id join jobs j on j.job_id = c.job_id where ${chosenBy(filter)} group by 1, 2 order by 1, 2`)
  return [...rows]
}

export type CallRow = {
  callId: number
  at: string
  job: string
  runId: number | null
  deliveryId: number | null
  attempt: number | null
  name: string
  outcome: string
  ms: number
  bytes: number
  retryAfterMs: number | null
}

/** Calls, newest first. Keyset by id: older than, newer than. */
export async function listCalls(
  db: Queryable,
  filter: CallsFilter & { before?: number | undefined; after?: number | undefined; limit: number },
): Promise<CallRow[]> {
  const { before, after, limit } = filter
  const backwards = after !== undefined && before === undefined
  const keyset = backwards ? sql`c.call_id > ${after}` : before === undefined ? sql`true` : sql`c.call_id < ${before}`
  const rows = await db.execute<Omit<CallRow, 'callId' | 'bytes'> & { callId: string | number; byteCount: string | number }>(sql`
    select c.call_id as "callId", ${iso(sql`c.started_at`)} as at, j.name as job, c.run_id as "runId", c.delivery_id as "deliveryId", c.attempt, c.name, c.outcome, c.ms, c.byte_count as "byteCount",
      c.retry_after_ms as "retryAfterMs"
    from connector_calls c join systems s on s.system_id = c.system_id join jobs j on j.job_id = c.job_id
    where ${chosenBy(filter)} and ${keyset} order by c.call_id ${backwards ? sql`asc` : sql`desc`} limit ${limit}`)
  const calls = rows.map(({ byteCount, ...row }) => ({ ...row, callId: Number(row.callId), bytes: Number(byteCount) }))
  return backwards ? calls.reverse() : calls
}

const FAILED = sql`c.outcome <> 'ok'`
const THROTTLED = sql`(c.outcome in ('source_throttled', 'target_throttled') or c.retry_after_ms is not null)`

function chosenBy({ system, job, from, until, outcome, slowerMs }: CallsFilter): SQL {
  const parts = [sql`c.started_at >= ${from}::timestamptz`, sql`c.started_at <= ${until}::timestamptz`]
  if (system) parts.push(sql`s.code = ${system}`)
  if (job) parts.push(sql`j.name = ${job}`)
  if (outcome === 'failed') parts.push(FAILED)
  else if (outcome === 'throttled') parts.push(THROTTLED)
  else if (outcome) parts.push(sql`c.outcome = ${outcome}`)
  if (slowerMs !== undefined) parts.push(sql`c.outcome = 'ok' and c.ms >= ${slowerMs}`)
  return sql.join(parts, sql` and `)
}
