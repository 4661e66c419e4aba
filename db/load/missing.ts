import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { LINE_IDS_PER_LOAD } from './line-ids.ts'
import { placeOf } from './places.ts'
import { closedPeriods, type LoadScope } from './settle-lines.ts'
import { replacedPlaces } from './statements.ts'

/** Which of the lines that a load does not bring it may withdraw. */
export type Reach = {
  /** Of a period in one of these states nothing is withdrawn, */
  readonly closedStates: readonly string[]
  /** other than of these, `entity period`: two people opened them for a replay. */
  readonly openedPeriods: readonly string[]
  /** Documents are judged whole: with a record that was refused the other lines of its document stand. */
  readonly byDocument: boolean
  /** Of a run that read selected records alone: the run they waited in. */
  readonly partOf: number | null
}

export async function countMissing(db: Queryable, load: LoadScope, reach: Reach): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*) as n from lines l where ${isMissing(load, reach)}`)
  return Number(row!.n)
}

/**
 * What is current in the slices of the load and no longer at the source. A slice into which only a correction brought something was
 * not extracted, so nothing is missing there. A record that came and was refused is still there:
 * its line stays as it stands. So does every line of a closed period. A part knows no slice: it withdraws what the whole run left
 * standing for its sake.
 */
export const isMissing = (load: LoadScope, reach: Reach) => sql`
  l.system_id = ${load.systemId} and l.object_type = ${load.objectType} and l.superseded_at_pub is null
  and (l.entity, l.period, l.version) in (
    select entity, period, version from control_totals t
    where run_id in (${load.runId}${reach.partOf === null ? sql`` : sql`, ${wholeRun(reach.partOf)}`}) and checkpoint = 'loaded' and object_type = ${load.objectType}
      and exists (select from control_totals e where (e.run_id, e.object_type, e.entity, e.period, e.version) = (t.run_id, t.object_type, t.entity, t.period, t.version)
        and e.checkpoint = 'extracted'))
  and ${isNotBrought(load, reach)}${reach.partOf === null ? sql`` : sql` and ${stoodUntilNow(load, wholeRun(reach.partOf))}`}`

/** The run that read all of what a part, or a part of a part, was selected from. */
const wholeRun = (runId: number): SQL => sql`(
  with recursive up as (
    select run_id, origin_run_id, is_partial from runs where run_id = ${runId}
    union all select o.run_id, o.origin_run_id, o.is_partial from up join runs o on o.run_id = up.origin_run_id where up.is_partial)
  select run_id from up where not is_partial)`

/**
 * What the whole run did not have and left standing all the same: beside a document of which it refused something, until that document
 * comes; in a period that was closed to it, until something that waited for that comes into the slice. What is younger than that run stays.
 */
const stoodUntilNow = (load: LoadScope, whole: SQL) => sql`
  case when (l.entity, l.document) in (${refusedDocuments(whole)})
    then (l.entity, l.document) in (select entity, document from ${placeOf(load.loadId)} where document is not null)
    else (l.entity, l.period) in (select r.entity, r.period from rejected_records r join rejections v on v.rejected_id = r.rejected_id
        where r.run_id = ${whole} and v.code = 'period_closed')
      and (l.entity, l.period, l.version) in (select entity, period, version from ${placeOf(load.loadId)}) end
  and l.source_key not in (select source_key from rejected_records where run_id = ${whole} and object_type = ${load.objectType})
  and not exists (select from loads w cross join lateral (
      select first_line_id + count as ends from repeat_spans where load_id = w.load_id and segment = l.segment and first_line_id <= l.line_id
      order by first_line_id desc limit 1) s where w.run_id = ${whole} and l.line_id < s.ends)
  and (select root_run(p.run_id) from publications p where p.publication = l.loaded_at_pub) < root_run(${whole})`

const isNotBrought = (load: LoadScope, reach: Reach) => sql`
  not exists (select from ${placeOf(load.loadId)} s where s.source_key = l.source_key)
  and not exists (select from (
    select s.first_line_id + n as line_id from repeat_spans s cross join generate_series(0, s.count - 1) n where s.load_id = ${load.loadId}) u
    where u.line_id = l.line_id)
  and not exists (select from rejected_records r where r.run_id = ${load.runId} and r.object_type = ${load.objectType} and r.source_key = l.source_key)
  ${reach.byDocument ? sql`and (l.document is null or (l.entity, l.document) not in (${refusedDocuments(sql`${load.runId}`)}))` : sql``}
  and (l.entity, l.period) not in (${closedPeriods(reach.closedStates, reach.openedPeriods)})`

const refusedDocuments = (run: SQL) =>
  sql`select entity, document from rejected_records where run_id = ${run} and document is not null`

/**
 * Current lines of statements that the load replaces, and that it no longer has. Lines have no index by artifact: those that runs over it
 * ever brought are found by the ids of their loads, and what stands of them by their keys, because a rollback brings lines back under its own.
 */
export const leftByStatements = (load: LoadScope, reach: Reach) => sql`(
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
    and ${isNotBrought(load, reach)})`

export async function countLeftByStatements(db: Queryable, load: LoadScope, reach: Reach): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*) as n from ${leftByStatements(load, reach)} gone`)
  return Number(row!.n)
}
