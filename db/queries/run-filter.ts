import { sql } from 'drizzle-orm'
import type { RunKind } from '#server/domain/run-kind.ts'
import type { Queryable } from '../client.ts'
import { isToMend } from './exception-filter.ts'
import { inScope } from './totals.ts'

export type RunsFilter = {
  readonly job?: string | undefined
  /** The code of the system it asks. */
  readonly system?: string | undefined
  readonly status?: string | undefined
  readonly trigger?: string | undefined
  readonly is?: RunKind | undefined
  /** Business dates, 2026-11-21, of when the run was asked for, in UTC. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** The same of when it ended. */
  readonly endedFrom?: string | undefined
  readonly endedTo?: string | undefined
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  /** As the list stood when this publication was the newest. */
  readonly asOf?: number | undefined
  readonly scope: readonly string[]
}

/** Of a query with runs as `r` and their jobs as `j`. Rehearsals are no runs of any list. */
export function matchesRun(filter: RunsFilter) {
  const parts = [sql`not r.is_preview`, seenIn(filter.scope)]
  if (filter.job) parts.push(sql`j.name = ${filter.job}`)
  if (filter.system) parts.push(sql`j.system_id = (select system_id from systems where code = ${filter.system})`)
  if (filter.status) parts.push(sql`r.status = ${filter.status}`)
  if (filter.trigger) parts.push(sql`r.trigger = ${filter.trigger}`)
  if (filter.is) parts.push(isKind(filter.is, filter.scope))
  if (filter.from) parts.push(sql`r.queued_at >= ${filter.from}::date::timestamp at time zone 'UTC'`)
  if (filter.to) parts.push(sql`r.queued_at < (${filter.to}::date + 1)::timestamp at time zone 'UTC'`)
  if (filter.endedFrom) parts.push(sql`r.finished_at >= ${filter.endedFrom}::date::timestamp at time zone 'UTC'`)
  if (filter.endedTo) parts.push(sql`r.finished_at < (${filter.endedTo}::date + 1)::timestamp at time zone 'UTC'`)
  if (filter.asOf !== undefined)
    parts.push(
      sql`r.queued_at <= coalesce((select published_at from publications where publication = ${filter.asOf}), '-infinity')`,
    )
  const slice = (['entity', 'period', 'version'] as const).flatMap((name) =>
    filter[name] ? [sql`c.${sql.identifier(name)} = ${filter[name]}`] : [],
  )
  if (slice.length > 0)
    parts.push(sql`exists (select from control_totals c where c.run_id = r.run_id and ${sql.join(slice, sql` and `)})`)
  return sql.join(parts, sql` and `)
}

/** How many runs of each status the list would list in all. */
export async function countRuns(db: Queryable, filter: RunsFilter): Promise<Readonly<Record<string, number>>> {
  const rows = await db.execute<{ status: string; n: number }>(sql`
    select r.status, count(*)::int as n from runs r join jobs j on j.job_id = r.job_id where ${matchesRun(filter)} group by 1`)
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

/** A run is in scope when it touched an entity in scope, or none yet. */
export function seenIn(scope: readonly string[]) {
  if (scope.includes('*')) return sql`true`
  const touched = sql`select from control_totals c where c.run_id = r.run_id and c.entity <> ''`
  return sql`(not exists (${touched}) or exists (${touched} and ${inScope(sql`c.entity`, scope)}))`
}

/** The last run of its job that ended before `r` with something published, held or failed. */
export const previousEnded = sql`
  select p.* from runs p where p.job_id = r.job_id and p.run_id < r.run_id and not p.is_preview and p.trigger <> 'rollback'
    and p.status in ('succeeded', 'held', 'failed') order by p.run_id desc limit 1`

const PUBLISHED = sql`r.status = 'succeeded' and r.publication is not null and r.trigger <> 'rollback'`

function isKind(kind: RunKind, scope: readonly string[]) {
  const kinds: Record<RunKind, ReturnType<typeof sql>> = {
    to_mend: isToMend(scope),
    going: sql`r.status in ('blocked', 'queued', 'running', 'waiting')`,
    asked_back: sql`r.run_id in (select q.run_id from rollback_requests q where q.answer is null)`,
    published: PUBLISHED,
    touchless: sql`${PUBLISHED} and r.trigger in ('schedule', 'event') and r.attempt = 1 and r.attempts_forgiven = 0`,
    touched: sql`${PUBLISHED} and not (r.trigger in ('schedule', 'event') and r.attempt = 1 and r.attempts_forgiven = 0)`,
    recovery: sql`r.status = 'succeeded' and r.trigger <> 'rollback' and exists (select from (${previousEnded}) p where p.status in ('held', 'failed'))`,
  }
  return kinds[kind]
}
