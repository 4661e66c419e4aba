import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { isRunInScope } from './run-screens.ts'
import { inScope } from './totals.ts'

export type Found = { kind: 'run' | 'exception' | 'line' | 'job' | 'entity'; id: string; title: string; detail: string }

/** The run and the line that bear this number, as far as they are in scope. */
export async function findByNumber(db: Queryable, id: number, scope: readonly string[]): Promise<Found[]> {
  const [runs, others] = await Promise.all([
    isRunInScope(db, id, scope).then((isSeen) => (isSeen ? findRunTitle(db, id) : [])),
    db.execute<Found>(sql`
      select 'line' as kind, l.line_id::text as id, l.source_key as title, concat_ws(' ', l.entity, l.period, l.version) as detail
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
