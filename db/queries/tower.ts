import { sql } from 'drizzle-orm'
import type { RunStatus, RunTrigger, StageName } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { matchesException } from './exception-filter.ts'
import { matchesRun, type RunsFilter } from './run-filter.ts'
import { inScope } from './totals.ts'
import { sentenceFor } from './run-sentence.ts'
import type { SummedSlice } from './waiting.ts'

type View = {
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly scope: readonly string[]
}

/** Stated minus found, without its sign, of open controls, per currency: what nobody can explain yet. Decimal strings; `count` is of exceptions. */
export type Unexplained = { currency: string; amount: string; count: number; slices: SummedSlice[] }

export async function listUnexplained(db: Queryable, view: View): Promise<Unexplained[]> {
  // The figure of a control runs over everything its load covers, so who may not see all of that does not see it.
  const isWhole = sql`not exists (select from unnest(e.entities) x where not ${inScope(sql`x`, view.scope)})`
  const rows = await db.execute<Unexplained>(sql`
    with broken as (
      select e.exception_id, e.last_run_id, c.currency, abs(sum(c.claimed - c.found)) as amount
      from exceptions e join jobs j on j.job_id = e.job_id join claims c on c.exception_id = e.exception_id and c.run_id = e.last_run_id
      where c.currency is not null and ${matchesException({ ...view, state: 'open', classes: ['control'] })} and ${isWhole} group by 1, 2, 3)
    select currency, sum(amount)::text as amount, count(*)::int as count,
      (select coalesce(jsonb_agg(distinct jsonb_build_object('entity', t.entity, 'period', t.period, 'version', t.version)), '[]')
        from control_totals t where t.checkpoint = 'extracted' and t.currency = b.currency and t.run_id = any(array_agg(b.last_run_id))) as slices
    from broken b where amount <> 0 group by 1 order by 1`)
  return [...rows]
}

export type WatchedRun = {
  runId: number
  job: string
  title: string
  status: RunStatus
  trigger: RunTrigger
  since: string
  sentence: string | null
  waitsFor: string[]
  startedAt: string | null
  /** How far a run is that goes on; byte counts are 0 where the source does not say them. */
  progress: { stage: StageName; records: number; bytes: number; bytesTotal: number } | null
}

/** Runs of a kind, newest first. */
export async function listRunsToWatch(
  db: Queryable,
  filter: RunsFilter & { readonly is: 'to_mend' | 'going' },
  limit: number,
): Promise<WatchedRun[]> {
  const rows = await db.execute<WatchedRun>(sql`
    select r.run_id as "runId", j.name as job, v.definition->>'title' as title, r.status, r.trigger, ${iso(sql`coalesce(r.finished_at, r.started_at, r.queued_at)`)} as since,
      ${sentenceFor(filter.scope)} as sentence, r.waits_for as "waitsFor", ${iso(sql`r.started_at`)} as "startedAt", r.progress
    from runs r join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
    where ${matchesRun(filter)} order by r.run_id desc limit ${limit}`)
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
    select p.publication, ${iso(sql`p.published_at`)} as "publishedAt", p.run_id as "runId", j.name as job, v.definition->>'title' as title, ${sentenceFor(scope)} as sentence,
      p.withdraws, (select b.publication from publications b where b.withdraws = p.publication and b.publication <= ${upTo}) as "withdrawnBy"
    from publications p join runs r on r.run_id = p.run_id join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
      left join publications w on w.publication = p.withdraws
    where p.publication <= ${upTo} and ${seen} and ${entity ? sql`exists (${touched} and c.entity = ${entity})` : sql`true`}
    order by p.publication desc limit ${limit}`)
  return [...rows]
}
