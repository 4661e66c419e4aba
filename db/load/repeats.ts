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

/** The lines `l` that the stretches `s` of a load equal. */
export const spannedLines = (loadId: number): SQL => sql`repeat_spans s join lines l
  on s.load_id = ${loadId} and l.segment = s.segment and l.line_id >= s.first_line_id and l.line_id < s.first_line_id + s.count`

export async function hasSpans(db: Queryable, loadId: number): Promise<boolean> {
  const [row] = await db.execute<{ there: boolean }>(
    sql`select exists (select from repeat_spans where load_id = ${loadId}) as there`,
  )
  return row!.there
}

/** Lines of the load that name the same current line as a stretch: a record that came twice, or once more with other content. */
export const namedTwice = (loadId: number): SQL => sql`l.line_id in (select old_line_id from ${diffOf(loadId)})`

/** Lines that ended after they were read to be compared with. */
export const endedSince = (publication: number): SQL => sql`l.superseded_at_pub > ${publication}`

/** Lines of documents of which something new or refused came as well: a document is judged whole. */
export const ofTouchedDocuments = ({ loadId, runId }: LoadScope): SQL => sql`(l.entity, l.document) in (
  select entity, document from ${placeOf(loadId)} where document is not null
  union select entity, document from rejected_records where run_id = ${runId} and document is not null)
  or (l.document is null and exists (select from ${placeOf(loadId)} where document is null))`

/** Lines of documents that came unchanged as a whole and do not balance. */
export const ofUnbalancedDocuments = (loadId: number): SQL => sql`(l.entity, coalesce(l.document, ''), l.currency) in (
  select l.entity, coalesce(l.document, ''), l.currency from ${spannedLines(loadId)} group by 1, 2, 3 having sum(l.debit) <> sum(l.credit))`

/**
 * Puts lines that were set aside as unchanged back into the load's own place, as the records they came as, so that they are
 * judged like all others. `condition` is about the line `l`; `areSame`: they are known to equal the current lines, and their
 * difference is written down. Returns how many.
 */
export async function takeBack(db: Queryable, loadId: number, condition: SQL, areSame: boolean): Promise<number> {
  const diff = sql`, same as (insert into ${diffOf(loadId)} (line_id, old_line_id, old_segment, is_same) select record_id, line_id, segment, true from back)`
  const [row] = await db.execute<{ n: number }>(sql`
    with back as materialized (
      select l.*, s.first_record_id + (l.line_id - s.first_line_id) as record_id, s.artifact_id as came_in,
        s.first_position + (l.line_id - s.first_line_id)::int as came_at
      from ${spannedLines(loadId)} where ${condition}),
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
}

/** Lines of the load's place that equal the current ones add nothing: they are kept as stretches, so that their figure still opens its list. */
export async function setAsideUnchanged(db: Queryable, { loadId }: LoadScope): Promise<void> {
  await db.execute(sql`
    insert into repeat_spans (load_id, artifact_id, first_position, first_record_id, segment, first_line_id, count)
    select ${loadId}, artifact_id, min(position), min(line_id), segment, min(old_line_id), count(*) from (
      select s.artifact_id, s.position, s.line_id, d.old_line_id, d.old_segment as segment,
        row_number() over (order by s.line_id) as n
      from ${placeOf(loadId)} s join ${diffOf(loadId)} d on d.line_id = s.line_id where d.is_same) same
    group by artifact_id, segment, position - n, line_id - n, old_line_id - n`)
}
