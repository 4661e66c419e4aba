import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { isStoppedBySystem, matchesException } from './exceptions.ts'
import { inScope } from './totals.ts'

type View = {
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly scope: readonly string[]
}

/**
 * What open exceptions are about, per currency. Decimal strings. business: the records that wait, each once, the larger of debit
 * and credit. control: stated minus found, without its sign. Two kinds of figures: never one sum.
 */
export type AtStake = { kind: 'business' | 'control'; currency: string; amount: string; count: number }

export async function listAtStake(db: Queryable, view: View): Promise<AtStake[]> {
  const { entity, period, version, scope } = view
  const slice = [
    inScope(sql`x.entity`, scope),
    ...(entity ? [sql`x.entity = ${entity}`] : []),
    ...(period ? [sql`x.period = ${period}`] : []),
    ...(version ? [sql`x.version = ${version}`] : []),
  ]
  // The figure of a control runs over everything its load covers, so who may not see all of that does not see it.
  const isWhole = sql`not exists (select from unnest(e.entities) x where not ${inScope(sql`x`, scope)})`
  const rows = await db.execute<AtStake>(sql`
    select 'business' as kind, x.currency, greatest(sum(abs(x.debit)), sum(abs(x.credit)))::text as amount, count(*)::int as count
    from rejected_records x where ${sql.join(slice, sql` and `)} and x.currency <> '' and exists (
      select from rejections r join exceptions e on e.exception_id = r.exception_id where r.rejected_id = x.rejected_id and r.replaced_by_run_id is null and e.closed_at is null)
    group by 2 having greatest(sum(abs(x.debit)), sum(abs(x.credit))) <> 0
    union all
    select 'control', c.currency, sum(abs(c.claimed - c.found))::text, count(*)::int
    from exceptions e join jobs j on j.job_id = e.job_id join claims c on c.exception_id = e.exception_id and c.run_id = e.last_run_id
    where c.currency is not null and ${matchesException({ ...view, state: 'open', classes: ['control'] })} and ${isWhole} group by 2
    order by 1, 2`)
  return [...rows]
}

export type StoppedRun = {
  runId: number
  job: string
  title: string
  status: RunStatus
  trigger: RunTrigger
  since: string
  sentence: string | null
  progress: string | null
}

/** Runs that somebody must mend, and runs that are going on. Stopped ones first, then newest first. */
export async function listRunsToWatch(db: Queryable, { entity, scope }: View, limit: number): Promise<StoppedRun[]> {
  const touched = sql`select from control_totals c where c.run_id = r.run_id and c.entity <> ''`
  const seen = scope.includes('*')
    ? sql`true`
    : sql`(not exists (${touched}) or exists (${touched} and ${inScope(sql`c.entity`, scope)}))`
  const ofEntity = entity ? sql`(not exists (${touched}) or exists (${touched} and c.entity = ${entity}))` : sql`true`
  const mustBeMended = sql`r.status in ('held', 'failed') and (${isStoppedBySystem(sql`r`)} or r.run_id in (
    select e.last_run_id from exceptions e where e.closed_at is null and (cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))))`
  const rows = await db.execute<StoppedRun>(sql`
    select r.run_id as "runId", j.name as job, v.definition->>'title' as title, r.status, r.trigger, ${iso(sql`coalesce(r.finished_at, r.started_at, r.queued_at)`)} as since,
      r.summary->>'sentence' as sentence, r.progress->>'stage' as progress
    from runs r join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
    where not r.is_preview and (${mustBeMended} or r.status in ('blocked', 'queued', 'running', 'waiting')) and ${seen} and ${ofEntity}
    order by r.status in ('held', 'failed') desc, r.run_id desc limit ${limit}`)
  return [...rows]
}

export type RecentPublication = {
  publication: number
  publishedAt: string
  runId: number
  job: string
  title: string
  sentence: string | null
  withdraws: number | null
  withdrawnBy: number | null
}

export async function listRecentPublications(
  db: Queryable,
  { entity, scope }: View,
  upTo: number,
  limit: number,
): Promise<RecentPublication[]> {
  const touched = sql`select from control_totals c where c.run_id = coalesce(w.run_id, p.run_id) and c.entity <> ''`
  const seen = scope.includes('*')
    ? sql`true`
    : sql`(not exists (${touched}) or exists (${touched} and ${inScope(sql`c.entity`, scope)}))`
  const rows = await db.execute<RecentPublication>(sql`
    select p.publication, ${iso(sql`p.published_at`)} as "publishedAt", p.run_id as "runId", j.name as job, v.definition->>'title' as title, r.summary->>'sentence' as sentence,
      p.withdraws, (select b.publication from publications b where b.withdraws = p.publication and b.publication <= ${upTo}) as "withdrawnBy"
    from publications p join runs r on r.run_id = p.run_id join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
      left join publications w on w.publication = p.withdraws
    where p.publication <= ${upTo} and ${seen} and ${entity ? sql`exists (${touched} and c.entity = ${entity})` : sql`true`}
    order by p.publication desc limit ${limit}`)
  return [...rows]
}

/** A slice that an open exception is about. */
export type ExceptionSlice = { entity: string; period: string; failureClass: FailureClass; causes: number }

/** Entity and period of everything open: from the records that wait, and from the slices a control judged. */
export async function listExceptionSlices(db: Queryable, scope: readonly string[]): Promise<ExceptionSlice[]> {
  const rows = await db.execute<ExceptionSlice>(sql`
    with found as (
      select e.exception_id, e.failure_class, x.entity, x.period from exceptions e join rejections r on r.exception_id = e.exception_id
        join rejected_records x on x.rejected_id = r.rejected_id where e.closed_at is null and r.replaced_by_run_id is null
      union select e.exception_id, e.failure_class, split_part(slice, ' ', 2), split_part(slice, ' ', 3) from exceptions e, unnest(e.slices) slice where e.closed_at is null)
    select entity, period, failure_class as "failureClass", count(distinct exception_id)::int as causes from found x
    where entity <> '' and period <> '' and ${inScope(sql`x.entity`, scope)} group by 1, 2, 3`)
  return [...rows]
}
