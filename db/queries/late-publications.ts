import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'

type Cut = { readonly entity: string; readonly period: string; readonly cutOffAt: string | null }

export type LatePublication = {
  readonly entity: string
  readonly period: string
  readonly publication: number
  readonly publishedAt: string
  readonly runId: number
  readonly job: string
  readonly title: string
}

/**
 * Publications that moved actuals of a period after it was no longer posted to. Only of systems that had published something before:
 * the history of one that was connected later is not late.
 */
export async function listLatePublications(db: Queryable, cuts: readonly Cut[]): Promise<LatePublication[]> {
  const known = cuts.filter(({ cutOffAt }) => cutOffAt !== null)
  if (known.length === 0) return []
  const rows = await db.execute<LatePublication>(sql`
    with cut as materialized (select * from jsonb_to_recordset(${JSON.stringify(known)}::jsonb) as c (entity text, period text, "cutOffAt" timestamptz)),
    connected as materialized (select system_id, min(published_at) as at from publications group by 1),
    moved as materialized (
      select distinct cut.entity, cut.period, cut."cutOffAt", p.publication, p.published_at, p.run_id, p.system_id
      from cut join slice_totals t on (t.entity, t.period) = (cut.entity, cut.period) and t.object_type <> 'budget_line'
        cross join lateral (values (t.loaded_at_pub), (t.superseded_at_pub)) as at (publication)
        join publications p on p.publication = at.publication and p.published_at > cut."cutOffAt")
    select m.entity, m.period, m.publication, ${iso(sql`m.published_at`)} as "publishedAt", m.run_id as "runId", j.name as job, v.definition->>'title' as title
    from moved m join connected s on s.system_id = m.system_id and s.at <= m."cutOffAt" join runs r on r.run_id = m.run_id join jobs j on j.job_id = r.job_id
      join job_versions v on v.job_id = r.job_id and v.version = r.job_version
    order by m.entity, m.period, m.publication desc`)
  return [...rows]
}
