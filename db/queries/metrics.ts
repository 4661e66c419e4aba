import { sql } from 'drizzle-orm'
import { AGE_BUCKETS, AGE_NAMES, type AgeBucket } from '#server/domain/age.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import type { RunStatus } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { businessDaysOpen, matchesException, type ExceptionsFilter } from './exception-filter.ts'
import { matchesFeed, type FeedsFilter } from './feed-figures.ts'
import { matchesRun, type RunsFilter } from './run-filter.ts'

/** Runs by the day they were asked for, in UTC, and what became of them. */
export async function countRunsByDay(
  db: Queryable,
  filter: RunsFilter,
): Promise<{ day: string; status: RunStatus; runs: number }[]> {
  const rows = await db.execute<{ day: string; status: RunStatus; runs: number }>(sql`
    select (r.queued_at at time zone 'UTC')::date::text as day, r.status, count(*)::int as runs
    from runs r join jobs j on j.job_id = r.job_id where ${matchesRun(filter)} group by 1, 2 order by 1, 2`)
  return [...rows]
}

/** Published runs by the day they ended, in UTC: those no person had a hand in, and the others. */
export async function countTouchlessByDay(
  db: Queryable,
  filter: RunsFilter,
): Promise<{ day: string; touchless: number; touched: number }[]> {
  const of = (is: 'touchless' | 'touched') => sql`(count(*) filter (where ${matchesRun({ scope: ['*'], is })}))::int`
  const rows = await db.execute<{ day: string; touchless: number; touched: number }>(sql`
    select (r.finished_at at time zone 'UTC')::date::text as day, ${of('touchless')} as touchless, ${of('touched')} as touched
    from runs r join jobs j on j.job_id = r.job_id where ${matchesRun({ ...filter, is: 'published' })} group by 1 order by 1`)
  return [...rows]
}

/** Milliseconds; null where there is nothing to take them of. */
export type Spread = { count: number; medianMs: number | null; longestMs: number | null }

/** Of each job: successes that followed a failure, and how long it took from the first failure of the row to that success. */
export type Recovery = Spread & { job: string; longestRunId: number }

export async function listRecoveries(db: Queryable, filter: RunsFilter): Promise<Recovery[]> {
  const rows = await db.execute<Recovery>(sql`
    with recovered as (
      select r.run_id, j.name as job, 1000 * extract(epoch from r.finished_at - (
        select min(p.finished_at) from runs p where p.job_id = r.job_id and p.run_id < r.run_id and p.status in ('held', 'failed') and not p.is_preview
          and p.run_id > coalesce((select max(s.run_id) from runs s where s.job_id = r.job_id and s.run_id < r.run_id and s.status = 'succeeded' and not s.is_preview and s.trigger <> 'rollback'), 0))) as ms
      from runs r join jobs j on j.job_id = r.job_id where ${matchesRun({ ...filter, is: 'recovery' })})
    select job, count(*)::int as count, round(percentile_cont(0.5) within group (order by ms))::float8 as "medianMs", round(max(ms))::float8 as "longestMs",
      (array_agg(run_id order by ms desc nulls last))[1] as "longestRunId" from recovered group by 1 order by 4 desc nulls last`)
  return [...rows]
}

/** Exceptions that were closed, of each class: how long they were open. */
export type Closed = Spread & { failureClass: FailureClass; longestId: number }

export async function listTimeToClose(db: Queryable, filter: ExceptionsFilter): Promise<Closed[]> {
  const ms = sql`1000 * extract(epoch from e.closed_at - e.opened_at)`
  const rows = await db.execute<Closed>(sql`
    select e.failure_class as "failureClass", count(*)::int as count, round(percentile_cont(0.5) within group (order by ${ms}))::float8 as "medianMs",
      round(max(${ms}))::float8 as "longestMs", (array_agg(e.exception_id order by ${ms} desc))[1] as "longestId"
    from exceptions e join jobs j on j.job_id = e.job_id where ${matchesException({ ...filter, state: 'closed' })} group by 1`)
  return [...rows]
}

/** Open exceptions by class and age in business days. */
export async function countByAge(
  db: Queryable,
  filter: ExceptionsFilter,
  today: string,
): Promise<{ failureClass: FailureClass; bucket: AgeBucket; count: number }[]> {
  const cases = AGE_NAMES.map((name) => sql`when d.days <= ${AGE_BUCKETS[name][1] ?? 1_000_000} then ${name}`)
  const rows = await db.execute<{ failureClass: FailureClass; bucket: AgeBucket; count: number }>(sql`
    select e.failure_class as "failureClass", case ${sql.join(cases, sql` `)} end as bucket, count(*)::int as count
    from exceptions e join jobs j on j.job_id = e.job_id cross join lateral (select ${businessDaysOpen(today)} as days) d
    where ${matchesException({ ...filter, state: 'open' })} group by 1, 2`)
  return [...rows]
}

/** Feeds of each job by what became of them, and by how much those that came late were late. */
export type FeedLateness = {
  job: string
  title: string
  arrived: number
  late: number
  missing: number
  expected: number
  medianLateMs: number | null
  longestLateMs: number | null
}

export async function listLateness(db: Queryable, filter: FeedsFilter): Promise<FeedLateness[]> {
  const late = sql`1000 * extract(epoch from f.arrived_at - f.expected_by)`
  const of = (state: string) => sql`(count(*) filter (where f.state = ${state}))::int`
  const rows = await db.execute<FeedLateness>(sql`
    select j.name as job, v.definition->>'title' as title, ${of('arrived')} as arrived, ${of('late')} as late, ${of('missing')} as missing, ${of('expected')} as expected,
      round(percentile_cont(0.5) within group (order by ${late}) filter (where f.state = 'late'))::float8 as "medianLateMs",
      round(max(${late}) filter (where f.state = 'late'))::float8 as "longestLateMs"
    from feeds f join jobs j on j.job_id = f.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where ${matchesFeed(filter)} group by 1, 2 order by 5 desc, 4 desc, 1`)
  return [...rows]
}
