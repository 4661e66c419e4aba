import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { LINE_IDS_PER_LOAD } from './line-ids.ts'
import { placeOf } from './places.ts'
import type { LoadScope } from './settle-lines.ts'
import { replacedPlaces } from './statements.ts'

export async function countMissing(db: Queryable, load: LoadScope, closedStates: readonly string[]): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*) as n from lines l where ${isMissing(load, closedStates)}`)
  return Number(row!.n)
}

/**
 * What is current in the slices of the load and no longer at the source. A slice into which only a correction brought something was
 * not extracted, so nothing is missing there. A record that came and was refused is still there:
 * its line stays as it stands. So does every line of a closed period.
 */
export const isMissing = (load: LoadScope, closedStates: readonly string[]) => sql`
  l.system_id = ${load.systemId} and l.object_type = ${load.objectType} and l.superseded_at_pub is null
  and (l.entity, l.period, l.version) in (
    select entity, period, version from control_totals t where run_id = ${load.runId} and checkpoint = 'loaded' and object_type = ${load.objectType}
      and exists (select from control_totals e where (e.run_id, e.object_type, e.entity, e.period, e.version) = (t.run_id, t.object_type, t.entity, t.period, t.version)
        and e.checkpoint = 'extracted'))
  and ${isNotBrought(load, closedStates)}`

const isNotBrought = (load: LoadScope, closedStates: readonly string[]) => sql`
  not exists (select from ${placeOf(load.loadId)} s where s.source_key = l.source_key)
  and not exists (select from (
    select s.first_line_id + n as line_id from repeat_spans s cross join generate_series(0, s.count - 1) n where s.load_id = ${load.loadId}) u
    where u.line_id = l.line_id)
  and not exists (select from rejected_records r where r.run_id = ${load.runId} and r.object_type = ${load.objectType} and r.source_key = l.source_key)
  and (l.entity, l.period) not in (select entity, period from period_states where state in ${closedStates})`

/**
 * Current lines of statements that the load replaces, and that it no longer has. Lines have no index by artifact: those that runs over it
 * ever brought are found by the ids of their loads, and what stands of them by their keys, because a rollback brings lines back under its own.
 */
export const leftByStatements = (load: LoadScope, closedStates: readonly string[]) => sql`(
  with places as materialized (${replacedPlaces(load.loadId)}),
  brought as materialized (
    select distinct b.source_key from (
      select distinct p.*, o.first_line_id from places p join run_artifacts a on a.artifact_id = p.artifact_id join runs n on n.run_id = a.run_id
      join publications u on u.publication = n.publication join loads o on o.load_id = u.load_id) r cross join lateral (
      select source_key from lines where line_id >= r.first_line_id and line_id < r.first_line_id + ${LINE_IDS_PER_LOAD}::bigint
        and artifact_id = r.artifact_id and position between r.first_position and r.last_position offset 0) b)
  select l.line_id, l.segment from brought b cross join lateral (
    select * from lines where source_key = b.source_key and system_id = ${load.systemId} and object_type = ${load.objectType}
      and superseded_at_pub is null offset 0) l
  where exists (select from places p where p.artifact_id = l.artifact_id and l.position between p.first_position and p.last_position)
    and ${isNotBrought(load, closedStates)})`

export async function countLeftByStatements(db: Queryable, load: LoadScope, closedStates: readonly string[]): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*) as n from ${leftByStatements(load, closedStates)} gone`)
  return Number(row!.n)
}
