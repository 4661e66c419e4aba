import { sql } from 'drizzle-orm'
import type { FeedState } from '#server/domain/schedule.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type FeedsFilter = {
  /** came: arrived or late. */
  readonly state?: FeedState | 'came' | undefined
  readonly job?: string | undefined
  readonly owner?: string | undefined
  /** Feeds of jobs that brought figures of this entity before. */
  readonly entity?: string | undefined
  /** Business dates, in UTC, of when it was expected. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly scope: readonly string[]
}

/** Of a query with feeds as `f` and their jobs as `j`. */
export function matchesFeed({ state, job, owner, entity, from, to, scope }: FeedsFilter) {
  const parts = [jobSeenIn(scope)]
  if (state === 'came') parts.push(sql`f.state in ('arrived', 'late')`)
  else if (state) parts.push(sql`f.state = ${state}`)
  if (job) parts.push(sql`j.name = ${job}`)
  if (owner) parts.push(sql`f.owner = ${owner}`)
  if (entity) parts.push(sql`exists (${BROUGHT} and c.entity = ${entity})`)
  if (from) parts.push(sql`f.expected_by >= ${from}::date::timestamp at time zone 'UTC'`)
  if (to) parts.push(sql`f.expected_by < (${to}::date + 1)::timestamp at time zone 'UTC'`)
  return sql.join(parts, sql` and `)
}

/** A job is in scope when it brought an entity in scope, or none yet. Of a query with jobs as `j`. */
export const jobSeenIn = (scope: readonly string[]) =>
  scope.includes('*') ? sql`true` : sql`(not exists (${BROUGHT}) or exists (${BROUGHT} and ${inScope(sql`c.entity`, scope)}))`

const BROUGHT = sql`select from runs r join control_totals c on c.run_id = r.run_id where r.job_id = j.job_id and c.entity <> ''`

/** How many feeds of each state. */
export async function countFeeds(db: Queryable, filter: FeedsFilter): Promise<Record<FeedState, number>> {
  const rows = await db.execute<{ state: FeedState; n: number }>(sql`
    select f.state, count(*)::int as n from feeds f join jobs j on j.job_id = f.job_id where ${matchesFeed(filter)} group by 1`)
  const of = (state: FeedState) => rows.find((row) => row.state === state)?.n ?? 0
  return { expected: of('expected'), arrived: of('arrived'), late: of('late'), missing: of('missing') }
}

export type WatchedFeed = {
  job: string
  title: string
  owner: string
  state: FeedState
  expectedBy: string
  arrivedAt: string | null
  exceptionId: number | null
}

/** What is missing, longest first, then what is expected next. */
export async function listFeedsToWatch(db: Queryable, filter: FeedsFilter, limit: number): Promise<WatchedFeed[]> {
  const rows = await db.execute<WatchedFeed>(sql`
    select j.name as job, v.definition->>'title' as title, f.owner, f.state, ${iso(sql`f.expected_by`)} as "expectedBy", ${iso(sql`f.arrived_at`)} as "arrivedAt", f.exception_id as "exceptionId"
    from feeds f join jobs j on j.job_id = f.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where f.state in ('missing', 'expected') and ${matchesFeed(filter)} order by f.state desc, f.expected_by limit ${limit}`)
  return [...rows]
}

/** Missing feeds by the entities their jobs brought before. */
export async function listMissingByEntity(db: Queryable, scope: readonly string[]): Promise<{ entity: string; count: number }[]> {
  const rows = await db.execute<{ entity: string; count: number }>(sql`
    select t.entity, count(*)::int as count from feeds f
      join lateral (select distinct c.entity from runs r join control_totals c on c.run_id = r.run_id where r.job_id = f.job_id and c.entity <> '') t on true
    where f.state = 'missing' and ${inScope(sql`t.entity`, scope)} group by 1`)
  return [...rows]
}
