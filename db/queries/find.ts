import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { isRunInScope } from './run-screens.ts'
import { inScope } from './totals.ts'

export type Found = { kind: 'run' | 'exception' | 'line' | 'job' | 'entity'; id: string; title: string; detail: string }

/** The run, the exception and the line that bear this number, as far as they are in scope. */
export async function findByNumber(db: Queryable, id: number, scope: readonly string[]): Promise<Found[]> {
  const [runs, others] = await Promise.all([
    isRunInScope(db, id, scope).then((isSeen) => (isSeen ? findRunTitle(db, id) : [])),
    db.execute<Found>(sql`
      select 'exception' as kind, e.exception_id::text as id, e.title, case when e.closed_at is null then 'open' else 'closed' end as detail
      from exceptions e where e.exception_id = ${id}
        and (cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))
      union all
      select 'line', l.line_id::text, l.source_key, concat_ws(' ', l.entity, l.period, l.version)
      from lines l where l.line_id = ${id} and l.loaded_at_pub is not null and ${inScope(sql`l.entity`, scope)}`),
  ])
  return [...runs, ...others]
}

async function findRunTitle(db: Queryable, id: number): Promise<Found[]> {
  const rows = await db.execute<Found>(sql`
    select 'run' as kind, r.run_id::text as id, v.definition->>'title' as title, r.status as detail
    from runs r join job_versions v on v.job_id = r.job_id and v.version = r.job_version where r.run_id = ${id}`)
  return [...rows]
}

/** Jobs and entities whose code or name holds the words, the best first. */
export async function findByWords(db: Queryable, words: string, scope: readonly string[], limit: number): Promise<Found[]> {
  const like = `%${words.replace(/[\\%_]/g, '\\$&')}%`
  const rows = await db.execute<Found>(sql`
    select kind, id, title, detail from (
      select 'job' as kind, j.name as id, v.definition->>'title' as title, j.name as detail
      from jobs j join job_versions v on v.job_id = j.job_id and v.version = j.current_version
      where j.name ilike ${like} or v.definition->>'title' ilike ${like}
      union all
      select distinct on (m.code) 'entity', m.code, coalesce(m.name, m.code), 'entity'
      from members m where m.dimension = 'entity' and m.loaded_at_pub is not null and m.superseded_at_pub is null
        and (m.code ilike ${like} or m.name ilike ${like}) and ${inScope(sql`m.code`, scope)}) found
    order by (lower(id) = lower(${words})) desc, kind, id limit ${limit}`)
  return [...rows]
}
