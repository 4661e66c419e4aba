import { sql } from 'drizzle-orm'
import type { Tally } from '#server/domain/tally.ts'
import type { Queryable } from '../client.ts'
import { diffOf, placeOf } from './places.ts'
import { spannedLines } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

/** What the reader saw, taken before any rule and independent of everything that follows. */
export async function insertExtractedTotals(db: Queryable, runId: number, tally: Tally): Promise<void> {
  await db.execute(sql`
    insert into control_totals (run_id, checkpoint, object_type, entity, period, version, currency, count, debit, credit)
    select ${runId}, 'extracted', object_type, entity, period, version, currency, count, debit, credit
    from jsonb_to_recordset(${JSON.stringify(tally.rows())}::jsonb) as t (object_type text, entity text, period text, version text, currency text,
      count bigint, debit numeric, credit numeric)`)
}

const slice = sql`object_type, entity, period, version, currency`

/** From so many records on it matters that nothing is known of a load just written: a million were expected to be a thousand, and sorted on disk for 2 s. */
const HASHED_MIN = 10_000

/** Control totals of the lines in the load's own place, which stays while they are summed. `hasDiff`: some keys were known before. */
export async function insertPlacedTotals(db: Queryable, load: LoadScope, hasDiff: boolean, records: number): Promise<void> {
  const outcome = hasDiff
    ? sql`case when d.line_id is null then 'new' when d.is_same then 'unchanged' else 'changed' end`
    : sql`'new'`
  const join = hasDiff ? sql`left join ${diffOf(load.loadId)} d on d.line_id = s.line_id` : sql``
  const counted = sql`
    insert into control_totals (run_id, checkpoint, ${slice}, count, debit, credit)
    select ${load.runId}, outcome, ${load.objectType}, entity, period, version, currency, sum(count), sum(debit), sum(credit) from (
      select ${outcome} as outcome, s.entity, s.period, s.version, s.currency, count(*) as count, sum(s.debit) as debit, sum(s.credit) as credit
      from ${placeOf(load.loadId)} s ${join} group by 1, s.entity, s.period, s.version, s.currency
      union all select 'unchanged', l.entity, l.period, l.version, l.currency, count(*), sum(l.debit), sum(l.credit)
      from ${spannedLines(load.loadId)} group by 2, 3, 4, 5) counted group by 2, 4, 5, 6, 7`
  if (records < HASHED_MIN) await db.execute(counted)
  else
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local enable_sort = off`)
      await tx.execute(counted)
    })
}

/** Control totals at every later checkpoint, from the other rows of the load and from those of its lines. */
export async function insertProvedTotals(db: Queryable, load: LoadScope): Promise<void> {
  const summed = sql`${slice}, sum(count), sum(debit), sum(credit)`
  await db.execute(sql`
    with others as materialized (
      select case when outcome = 'new' and changed then 'changed' else outcome end as checkpoint, ${slice}, count(*) as count, 0 as debit, 0 as credit
      from (select 'new' as outcome, m.dimension as object_type, m.entity, '' as period, '' as version, '' as currency,
          exists (select from members old where old.system_id = m.system_id and old.dimension = m.dimension and old.source_key = m.source_key
            and old.loaded_at_pub is not null and old.superseded_at_pub is null) as changed
        from members m where m.load_id = ${load.loadId}) fresh group by 1, ${slice}
      union all select outcome, ${slice}, count(*), sum(debit), sum(credit) from repeats where load_id = ${load.loadId} group by outcome, ${slice}
      union all select 'rejected', ${slice}, count(*), sum(debit), sum(credit) from rejected_records where run_id = ${load.runId} group by ${slice}),
    passed as materialized (
      select checkpoint, ${slice}, count, debit, credit from others where checkpoint <> 'rejected'
      union all select checkpoint, ${slice}, count, debit, credit from control_totals
        where run_id = ${load.runId} and checkpoint in ('new', 'changed', 'unchanged', 'duplicate'))
    insert into control_totals (run_id, checkpoint, ${slice}, count, debit, credit)
    select ${load.runId}, * from (
      select checkpoint, ${slice}, count, debit, credit from others
      union all select 'accepted', ${summed} from passed group by ${slice}
      union all select 'loaded', ${summed} from passed where checkpoint <> 'duplicate' group by ${slice}) proved`)
}

export type ConservationBreak = {
  object_type: string
  entity: string
  period: string
  version: string
  currency: string
  count_difference: number
  debit_difference: string
  credit_difference: string
}

/** extracted + corrected - (new + changed + unchanged + duplicate + rejected) wherever it is not zero, in records or in money. */
export async function findConservationBreaks(db: Queryable, runId: number): Promise<ConservationBreak[]> {
  return db.execute<ConservationBreak>(sql`
    select object_type, entity, period, version, currency,
      sum(case when checkpoint in ('extracted', 'corrected') then count else -count end)::bigint as count_difference,
      sum(case when checkpoint in ('extracted', 'corrected') then debit else -debit end)::text as debit_difference,
      sum(case when checkpoint in ('extracted', 'corrected') then credit else -credit end)::text as credit_difference
    from control_totals where run_id = ${runId} and checkpoint in ('extracted', 'corrected', 'new', 'changed', 'unchanged', 'duplicate', 'rejected')
    group by object_type, entity, period, version, currency
    having sum(case when checkpoint in ('extracted', 'corrected') then count else -count end) <> 0
      or sum(case when checkpoint in ('extracted', 'corrected') then debit else -debit end) <> 0
      or sum(case when checkpoint in ('extracted', 'corrected') then credit else -credit end) <> 0
    order by 1, 2, 3, 4, 5`)
}
