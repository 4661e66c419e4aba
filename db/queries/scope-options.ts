import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type Slices = { entities: string[]; periods: string[]; versions: string[] }

/** The distinct entities, periods (newest first) and versions of everything published, from the rollup. */
export async function listSlices(db: Queryable, scope: readonly string[]): Promise<Slices> {
  const [row] = await db.execute<Slices>(sql`
    with slices as (select distinct entity, period, version from slice_totals t where ${inScope(sql`t.entity`, scope)})
    select coalesce((select array_agg(distinct entity order by entity) from slices where entity <> ''), '{}') as entities,
      coalesce((select array_agg(distinct period order by period desc) from slices where period <> ''), '{}') as periods,
      coalesce((select array_agg(distinct version order by version) from slices where version <> ''), '{}') as versions`)
  return row!
}

/** publishedAt: ISO 8601 in UTC. */
export type PublicationRow = { publication: number; publishedAt: string; job: string }

/** Newest first: those that brought or withdrew something of these entities, or of none in particular. */
export async function listPublications(db: Queryable, scope: readonly string[], limit: number): Promise<PublicationRow[]> {
  const touched = sql`select from control_totals c
    where c.run_id = coalesce((select w.run_id from publications w where w.publication = p.withdraws), p.run_id) and c.entity <> ''`
  const seen = scope.includes('*')
    ? sql`true`
    : sql`(not exists (${touched}) or exists (${touched} and ${inScope(sql`c.entity`, scope)}))`
  const rows = await db.execute<PublicationRow>(sql`
    select p.publication, ${iso(sql`p.published_at`)} as "publishedAt", j.name as job
    from publications p join runs r on r.run_id = p.run_id join jobs j on j.job_id = r.job_id where ${seen} order by p.publication desc limit ${limit}`)
  return [...rows]
}
