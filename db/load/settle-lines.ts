import { sql, type SQL } from 'drizzle-orm'
import type { LineType } from '#server/domain/record.ts'
import type { BusinessCode } from '#server/domain/rules/catalogue.ts'
import type { Queryable } from '../client.ts'
import { textArray } from '../text-array.ts'
import { correctedApart } from './corrected.ts'
import { diffOf, placeOf } from './places.ts'

export type LoadScope = {
  readonly loadId: number
  readonly runId: number
  readonly systemId: number
  readonly objectType: LineType
}

/**
 * Records of one load that share a source key. Identical ones are the same record delivered again: the first stays, the
 * rest are duplicates. Different ones cannot both be right, and which is cannot be known: all of them are rejected, also where a
 * correction would make them the same (`isCorrected`: some record of the load was). Needs the key index. Returns whether there were any.
 */
export async function settleDuplicates(db: Queryable, load: LoadScope, isCorrected: boolean): Promise<boolean> {
  const place = placeOf(load.loadId)
  const [twice] = await db.execute<{ there: boolean }>(
    sql`select exists (select from ${place} group by source_key having count(*) > 1) as there`,
  )
  if (!twice!.there) return false
  const conflicting = sql`source_key in (select source_key from ${place} group by source_key having count(distinct content_hash) > 1
    ${isCorrected ? sql`union ${correctedApart(load.loadId)}` : sql``})`
  await rejectLines(db, load, conflicting, { code: 'source_key_conflicting', field: sql`'key'`, value: sql`source_key` })
  await db.execute(sql`
    with ranked as (
      select line_id, first_value(line_id) over w as kept, row_number() over w as n
      from ${place} where source_key in (select source_key from ${place} group by source_key having count(*) > 1)
      window w as (partition by source_key order by artifact_id, position)),
    gone as (delete from ${place} l using ranked r where l.line_id = r.line_id and r.n > 1 returning l.*, r.kept)
    insert into repeats (load_id, object_type, outcome, artifact_id, position, source_key, entity, period, version, currency, debit, credit, line_id)
    select ${load.loadId}, ${load.objectType}, 'duplicate', artifact_id, position, source_key, entity, period, version, currency, debit, credit, kept from gone`)
  return true
}

/** Whether anything of this system and object type is current. */
export const hasCurrentLines = async (db: Queryable, load: LoadScope): Promise<boolean> => (await countCurrentLines(db, load)) > 0

async function countCurrentLines(db: Queryable, load: LoadScope): Promise<number> {
  const [current] = await db.execute<{ n: number | string }>(sql`
    select coalesce(sum(count), 0) as n from slice_totals where system_id = ${load.systemId} and object_type = ${load.objectType} and superseded_at_pub is null`)
  return Number(current!.n)
}

/**
 * Up to here, or to this share of what is current, a load asks for each of its keys; above, reading everything that is current
 * costs less. 99,000 corrections a minute after ten million lines, not analysed yet, were read with all of them for 11 minutes.
 */
const ASKED_SINGLY_MAX = 50_000
const ASKED_SINGLY_SHARE = 10

/** Writes down how the load differs from the lines that are current now. Returns whether any of its keys was known. */
export async function diffLines(db: Queryable, load: LoadScope, lines: number): Promise<boolean> {
  await db.execute(sql`select open_load_diff(${load.loadId})`)
  const currentLines = await countCurrentLines(db, load)
  if (currentLines === 0) return false
  const current = sql`l.system_id = ${load.systemId} and l.object_type = ${load.objectType} and l.superseded_at_pub is null`
  // Where the statistics are young, the planner expects one current line and compares each with each: 17 s for 1,220 lines
  // against 15,000. A lateral read that may not be flattened asks the index instead, 0.02 s.
  const found =
    lines <= ASKED_SINGLY_MAX || lines * ASKED_SINGLY_SHARE <= currentLines
      ? sql`cross join lateral (select l.* from lines l where l.source_key = s.source_key and ${current} offset 0) l`
      : sql`join lines l on l.source_key = s.source_key and ${current}`
  await db.execute(sql`
    insert into ${diffOf(load.loadId)} (line_id, old_line_id, old_segment, is_same)
    select s.line_id, l.line_id, l.segment, l.content_hash = s.content_hash from ${placeOf(load.loadId)} s ${found}`)
  const [known] = await db.execute<{ there: boolean }>(sql`select exists (select from ${diffOf(load.loadId)}) as there`)
  return known!.there
}

/** Closed to a load: those in one of the states, other than the opened ones, `entity period`. */
export const closedPeriods = (states: readonly string[], opened: readonly string[]): SQL =>
  sql`select entity, period from period_states where state in ${states} and entity || ' ' || period <> all(${textArray(opened)}::text[])`

/** period_closed: a line that is new or changed in a closed period, or would leave one. What is unchanged there is welcome, and all in `opened`, `entity period`. */
export async function rejectClosedPeriods(
  db: Queryable,
  load: LoadScope,
  closedStates: readonly string[],
  opened: readonly string[],
): Promise<void> {
  const [any] = await db.execute<{ there: boolean }>(
    sql`select exists (select from period_states where state in ${closedStates}) as there`,
  )
  if (!any!.there) return
  const closed = closedPeriods(closedStates, opened)
  const diff = diffOf(load.loadId)
  await rejectLines(
    db,
    load,
    sql`(entity, period) in (${closed}) and line_id not in (select line_id from ${diff} where is_same)`,
    { code: 'period_closed', field: sql`'period'`, value: sql`period`, detail: sql`'of ' || entity` },
  )
  await rejectLines(
    db,
    load,
    sql`line_id in (select d.line_id from ${diff} d join lines l on l.line_id = d.old_line_id and l.segment = d.old_segment
      where not d.is_same and (l.entity, l.period) in (${closed}))`,
    {
      code: 'period_closed',
      field: sql`'period'`,
      value: sql`(select l.period from ${diff} d join lines l on l.line_id = d.old_line_id and l.segment = d.old_segment where d.line_id = p.line_id limit 1)`,
      detail: sql`'the line stands in it today'`,
    },
  )
}

/**
 * document_unbalanced: debit and credit differ per document and currency. More than 50 such documents are one cause. A
 * document that lost a record to another rule is not judged: that rule is the cause.
 */
export async function rejectUnbalancedDocuments(db: Queryable, load: LoadScope): Promise<void> {
  const place = placeOf(load.loadId)
  const whole = sql`not exists (select from rejected_records r where r.run_id = ${load.runId} and r.entity = w.entity and r.document = w.document)`
  const rows = await db.execute<{ entity: string; document: string | null; currency: string; difference: string }>(sql`
    select entity, document, currency, (sum(debit) - sum(credit))::text as difference from ${place} w where ${whole}
    group by entity, document, currency having sum(debit) <> sum(credit) limit 5001`)
  if (rows.length === 0) return
  const unbalanced = sql`(select entity, document, currency, sum(debit) - sum(credit) as difference from ${place} w where ${whole}
    group by entity, document, currency having sum(debit) <> sum(credit))`
  await rejectLines(
    db,
    load,
    sql`exists (select from ${unbalanced} u where u.entity = p.entity and u.currency = p.currency and u.document is not distinct from p.document)`,
    {
      code: 'document_unbalanced',
      field: sql`'document'`,
      value: rows.length > 50 ? sql`''` : sql`coalesce(document, '')`,
      detail: sql`(select 'debit minus credit is ' || u.difference || ' ' || u.currency from ${unbalanced} u
      where u.entity = p.entity and u.currency = p.currency and u.document is not distinct from p.document)`,
    },
  )
}

/** document_incomplete: where records are kept out, what is left of their documents waits with them. */
export async function rejectIncompleteDocuments(db: Queryable, load: LoadScope): Promise<void> {
  if (!(await hasRejected(db, load))) return
  await rejectLines(
    db,
    load,
    sql`document is not null and (entity, document) in
      (select entity, document from rejected_records where run_id = ${load.runId} and document is not null)`,
    { code: 'document_incomplete', field: sql`''`, value: sql`''`, detail: sql`'document ' || document` },
  )
}

/** A line that was refused differs from nothing: what stands under its key goes on standing. */
export async function forgetRejected(db: Queryable, { loadId }: LoadScope): Promise<void> {
  await db.execute(sql`
    delete from ${diffOf(loadId)} d where not exists (select from ${placeOf(loadId)} s where s.line_id = d.line_id)`)
}

export async function hasRejected(db: Queryable, { runId }: LoadScope): Promise<boolean> {
  const [row] = await db.execute<{ there: boolean }>(
    sql`select exists (select from rejected_records where run_id = ${runId}) as there`,
  )
  return row!.there
}

export async function countRejected(db: Queryable, { runId }: LoadScope): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from rejected_records where run_id = ${runId}`)
  return row!.n
}

/** Moves lines of the load into rejected_records with a reason. `p` names the line in the expressions. */
async function rejectLines(
  db: Queryable,
  load: LoadScope,
  condition: SQL,
  { code, field, value, detail = sql`''` }: { code: BusinessCode; field: SQL; value: SQL; detail?: SQL },
): Promise<void> {
  const place = placeOf(load.loadId)
  await db.execute(sql`
    with gone as (select p.*, (${field})::text as reason_field, coalesce((${value})::text, '') as reason_value, coalesce((${detail})::text, '') as reason_detail from ${place} p where ${condition}),
    deleted as (delete from ${place} using gone where ${place}.line_id = gone.line_id),
    kept as (
      insert into rejected_records (rejected_id, run_id, object_type, artifact_id, position, source_key, document, entity, period, version, currency, account, debit, credit)
      select line_id, ${load.runId}, ${load.objectType}, artifact_id, position, source_key, document, entity, period, version, currency, account, debit, credit from gone)
    insert into rejections (rejected_id, run_id, code, field, value, detail)
    select line_id, ${load.runId}, ${code}, reason_field, reason_value, reason_detail from gone`)
}
