import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { diffOf, placeOf } from './places.ts'
import type { LoadScope } from './settle-lines.ts'

export type RepeatSpan = {
  readonly artifact_id: number
  readonly first_position: number
  readonly first_record_id: number
  readonly segment: number
  readonly first_line_id: number
  readonly count: number
}

export async function insertSpans(db: Queryable, loadId: number, spans: readonly RepeatSpan[]): Promise<void> {
  await db.execute(sql`
    insert into repeat_spans (load_id, artifact_id, first_position, first_record_id, segment, first_line_id, count)
    select ${loadId}, s.artifact_id, s.first_position, s.first_record_id, s.segment, s.first_line_id, s.count
    from jsonb_to_recordset(${JSON.stringify(spans)}::jsonb) as s (artifact_id int, first_position int, first_record_id bigint, segment int,
      first_line_id bigint, count int)`)
}

/** The lines `l` that the stretches `s` of a load equal: read by their ids, stretch by stretch, whatever the planner knows. */
export const spannedLines = (
  loadId: number,
): SQL => sql`(select * from repeat_spans where load_id = ${loadId}) s cross join lateral (
  select * from lines where segment = s.segment and line_id >= s.first_line_id and line_id < s.first_line_id + s.count offset 0) l`

/** The stretch `s` of a load that holds a line `l`; none where there is none. */
export const spanOfLine = (loadId: number): SQL => sql`lateral (
  select * from (select * from repeat_spans where load_id = ${loadId} and segment = l.segment and first_line_id <= l.line_id
    order by first_line_id desc limit 1) nearest where l.line_id < first_line_id + count) s`

export async function hasSpans(db: Queryable, loadId: number): Promise<boolean> {
  const [row] = await db.execute<{ there: boolean }>(
    sql`select exists (select from repeat_spans where load_id = ${loadId}) as there`,
  )
  return row!.there
}

/** Current lines that a record in the load's place is about as well: one that came twice, or once more with other content. */
export const namedTwice = (loadId: number): SQL =>
  sql`select l.* from (select distinct old_line_id, old_segment from ${diffOf(loadId)}) d join lines l on l.line_id = d.old_line_id and l.segment = d.old_segment`

/** Lines that ended after they were read to be compared with. */
export const endedSince = (publication: number): SQL => sql`select * from lines where superseded_at_pub > ${publication}`

/** Lines of documents of which something new or refused came as well: a document is judged whole. */
export const ofTouchedDocuments = ({ loadId, runId }: LoadScope): SQL => sql`
  select * from lines where ${inSpannedSegments(loadId)} and ((entity, document) in (
    select entity, document from ${placeOf(loadId)} where document is not null
    union select entity, document from rejected_records where run_id = ${runId} and document is not null)
    or (document is null and exists (select from ${placeOf(loadId)} where document is null)))`

/** Lines of documents that came unchanged as a whole and do not balance. */
export const ofUnbalancedDocuments = (loadId: number): SQL => sql`
  select * from lines where ${inSpannedSegments(loadId)} and (entity, coalesce(document, ''), currency) in (
    select l.entity, coalesce(l.document, ''), l.currency from ${spannedLines(loadId)} group by 1, 2, 3 having sum(l.debit) <> sum(l.credit))`

const inSpannedSegments = (loadId: number) =>
  sql`segment = any (array(select distinct segment from repeat_spans where load_id = ${loadId}))`

/**
 * Puts lines that were set aside as unchanged back into the load's own place, as the records they came as, so that they are
 * judged like all others. Of `candidates` those that no stretch holds are left alone; `areSame`: they equal the current lines,
 * and that is written down. Returns how many.
 */
export async function takeBack(db: Queryable, loadId: number, candidates: SQL, areSame: boolean): Promise<number> {
  const diff = sql`, same as (insert into ${diffOf(loadId)} (line_id, old_line_id, old_segment, is_same) select record_id, line_id, segment, true from back)`
  return db.transaction(async (tx) => {
    // Of stretches just written nothing is known, and the planner would sort them all for every candidate.
    await tx.execute(sql`set local enable_sort = off`)
    const [row] = await tx.execute<{ n: number }>(sql`
    with back as materialized (
      select l.*, s.first_record_id + (l.line_id - s.first_line_id) as record_id, s.artifact_id as came_in,
        s.first_position + (l.line_id - s.first_line_id)::int as came_at
      from (${candidates}) l cross join ${spanOfLine(loadId)}),
    placed as (
      insert into ${placeOf(loadId)} (line_id, artifact_id, position, content_hash, source_key, entity, period, version, currency, debit, credit,
        account, cost_centre, project, counterparty, accounting_status, document, description, effective_on, posted_on)
      select record_id, came_in, came_at, content_hash, source_key, entity, period, version, currency, debit, credit,
        account, cost_centre, project, counterparty, accounting_status, document, description, effective_on, posted_on from back),
    touched as (
      delete from repeat_spans s where s.load_id = ${loadId} and exists (
        select from back where record_id >= s.first_record_id and record_id < s.first_record_id + s.count) returning s.*),
    cuts as (
      select t.*, cut, lead(cut) over (partition by t.first_record_id order by cut) as next_cut from touched t cross join lateral (
        select t.first_record_id - 1 as cut union all select t.first_record_id + t.count
        union all select record_id from back where record_id >= t.first_record_id and record_id < t.first_record_id + t.count) c),
    pieces as (
      insert into repeat_spans (load_id, artifact_id, first_position, first_record_id, segment, first_line_id, count)
      select load_id, artifact_id, first_position + (cut + 1 - first_record_id)::int, cut + 1, segment, first_line_id + (cut + 1 - first_record_id),
        (next_cut - cut - 1)::int
      from cuts where next_cut - cut > 1)${areSame ? diff : sql``}
    select count(*) as n from back`)
    return Number(row!.n)
  })
}

/**
 * Lines of the load's place that equal the current ones add nothing: they are kept as stretches, so that their figure still opens
 * its list. In a stretch the record, its position and its line each go on by one; what lies between two stretches may keep all
 * three distances, so the count runs within them.
 */
export async function setAsideUnchanged(db: Queryable, { loadId }: LoadScope): Promise<void> {
  await db.execute(sql`
    insert into repeat_spans (load_id, artifact_id, first_position, first_record_id, segment, first_line_id, count)
    select ${loadId}, artifact_id, min(line_id) + ahead, min(line_id), segment, min(line_id) + apart, count(*) from (
      select artifact_id, segment, line_id, ahead, apart,
        line_id - row_number() over (partition by artifact_id, segment, ahead, apart order by line_id) as stretch
      from (
        select s.artifact_id, d.old_segment as segment, s.line_id, s.position - s.line_id as ahead, d.old_line_id - s.line_id as apart
        from ${placeOf(loadId)} s join ${diffOf(loadId)} d on d.line_id = s.line_id where d.is_same) same) counted
    group by artifact_id, segment, ahead, apart, stretch`)
}
