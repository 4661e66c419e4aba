import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import type { Queryable } from '../client.ts'
import { isOpen } from './exception-filter.ts'
import { heldRuns } from './held.ts'
import { seenIn } from './run-filter.ts'
import { inScope } from './totals.ts'

/** Open exceptions and held loads of an entity, in a period or of a job: what a cell of the grid counts. */
export type OpenCell = { entity: string; of: string; failureClass: FailureClass | 'held'; count: number }

/**
 * Entity and period of everything open: exceptions that name the entity, by the records that wait and by the slices a control
 * judged; and loads that are held. Each counts as its list does.
 */
export async function listOpenByPeriod(db: Queryable, scope: readonly string[]): Promise<OpenCell[]> {
  const rows = await db.execute<OpenCell>(sql`
    with found as (
      select e.exception_id, e.failure_class, e.entities, x.entity, x.period from exceptions e join rejections r on r.exception_id = e.exception_id
        join rejected_records x on x.rejected_id = r.rejected_id where ${isOpen} and r.replaced_by_run_id is null and r.code = e.code
      union select e.exception_id, e.failure_class, e.entities, split_part(slice, ' ', 2), split_part(slice, ' ', 3) from exceptions e, unnest(e.slices) slice where ${isOpen})
    select entity, period as of, failure_class as "failureClass", count(distinct exception_id)::int as count from found x
    where entity = any(entities) and entity <> '' and period <> '' and ${inScope(sql`x.entity`, scope)} group by 1, 2, 3
    union all
    select c.entity, c.period, 'held', count(distinct r.run_id)::int from runs r join control_totals c on c.run_id = r.run_id
    where r.run_id in ${heldRuns(scope)} and c.entity <> '' and c.period <> '' and ${inScope(sql`c.entity`, scope)} group by 1, 2`)
  return [...rows]
}

/** Entity and job of everything open. '' is the job as a whole, where something open of that class names no entity. */
export async function listOpenByJob(db: Queryable, scope: readonly string[]): Promise<OpenCell[]> {
  const rows = await db.execute<OpenCell>(sql`
    select x.entity, j.name as of, e.failure_class as "failureClass", count(*)::int as count
    from exceptions e join jobs j on j.job_id = e.job_id, unnest(e.entities) x(entity)
    where ${isOpen} and x.entity <> '' and ${inScope(sql`x.entity`, scope)} group by 1, 2, 3
    union all
    select '', j.name, e.failure_class, count(*)::int from exceptions e join jobs j on j.job_id = e.job_id
    where ${isOpen} and (cardinality(e.entities) = 0 or exists (select from unnest(e.entities) y where ${inScope(sql`y`, scope)}))
    group by 2, 3 having bool_or(cardinality(e.entities) = 0)
    union all
    select c.entity, j.name, 'held', count(distinct r.run_id)::int from runs r join jobs j on j.job_id = r.job_id join control_totals c on c.run_id = r.run_id
    where r.run_id in ${heldRuns(scope)} and c.entity <> '' and ${inScope(sql`c.entity`, scope)} group by 1, 2`)
  return [...rows]
}

/** Which job ever brought figures of which entity. */
export async function listJobEntities(db: Queryable, scope: readonly string[]): Promise<{ job: string; entity: string }[]> {
  const rows = await db.execute<{ job: string; entity: string }>(sql`
    select distinct j.name as job, c.entity from control_totals c join runs r on r.run_id = c.run_id join jobs j on j.job_id = r.job_id
    where c.checkpoint = 'extracted' and c.entity <> '' and not r.is_preview and ${inScope(sql`c.entity`, scope)} order by 1, 2`)
  return [...rows]
}

/** Runs of a job on one business date in UTC, and the worst that became of one of them. */
export type JobDay = { job: string; day: string; runs: number; worst: 'failed' | 'held' | 'going' | 'cancelled' | 'fine' }

export async function listJobDays(
  db: Queryable,
  { from, to, scope }: { readonly from: string; readonly to: string; readonly scope: readonly string[] },
): Promise<JobDay[]> {
  const rows = await db.execute<JobDay>(sql`
    select j.name as job, (r.queued_at at time zone 'UTC')::date::text as day, count(*)::int as runs,
      case when bool_or(r.status = 'failed') then 'failed' when bool_or(r.status = 'held') then 'held'
        when bool_or(r.status in ('blocked', 'queued', 'running', 'waiting')) then 'going' when bool_and(r.status = 'cancelled') then 'cancelled' else 'fine' end as worst
    from runs r join jobs j on j.job_id = r.job_id
    where not r.is_preview and ${seenIn(scope)} and r.queued_at >= ${from}::date::timestamp at time zone 'UTC' and r.queued_at < (${to}::date + 1)::timestamp at time zone 'UTC'
    group by 1, 2 order by 1, 2`)
  return [...rows]
}

export async function listJobTitles(db: Queryable): Promise<{ job: string; title: string }[]> {
  const rows = await db.execute<{ job: string; title: string }>(sql`
    select j.name as job, v.definition->>'title' as title from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version order by 1`)
  return [...rows]
}
