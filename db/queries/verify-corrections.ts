import { sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { movedByCorrections } from '../load/corrected.ts'

const AT_MOST = 100

/**
 * What corrections moved, from the records they were applied to: the totals they are stated with, the rows those records became, and
 * that each was somebody's to apply.
 */
export async function checkCorrections(db: Database): Promise<{ name: string; rowsChecked: number; differences: string[] }> {
  const cell = sql`object_type, entity, period, version, currency`
  const totals = await db.execute<{ text: string }>(sql`
    with stated as (select run_id, ${cell}, count as n, debit, credit from control_totals where checkpoint = 'corrected'
        and run_id in (select run_id from runs where status in ('succeeded', 'held', 'rehearsed'))),
    found as (select run_id, ${cell}, sum(n) as n, sum(debit) as debit, sum(credit) as credit from ${movedByCorrections}
        where run_id in (select run_id from runs where status in ('succeeded', 'held', 'rehearsed')) group by run_id, ${cell})
    select 'run ' || run_id || ' ' || concat_ws(' ', ${cell}) || ': corrected is stated as ' || coalesce(s.n, 0) || ' records, debit ' || coalesce(s.debit, 0) || ', credit ' || coalesce(s.credit, 0)
      || '; the records have ' || coalesce(f.n, 0) || ', ' || coalesce(f.debit, 0) || ', ' || coalesce(f.credit, 0) as text
    from stated s full join found f using (run_id, ${cell})
    where coalesce(s.n, 0) <> coalesce(f.n, 0) or coalesce(s.debit, 0) <> coalesce(f.debit, 0) or coalesce(s.credit, 0) <> coalesce(f.credit, 0) limit ${AT_MOST}`)
  // A load that was held, or rehearsed, keeps no rows of what it accepted.
  const rows = await db.execute<{ text: string }>(sql`
    select 'run ' || c.run_id || ', ' || c.source_key || ': corrected to ' || concat_ws(' ', c.corrected_entity, c.corrected_period, c.corrected_version, c.corrected_currency,
      c.corrected_debit, c.corrected_credit) || ', and no line, repeat or rejected record of the run says so' as text
    from corrected_records c join runs r on r.run_id = c.run_id and r.status = 'succeeded'
    where not exists (
      select from (
        select l.entity, l.period, l.version, l.currency, l.debit, l.credit from lines l where l.line_id = c.record_id
        union all select a.entity, a.period, a.version, a.currency, a.debit, a.credit from all_repeats a
          where a.load_id = c.load_id and a.artifact_id = c.artifact_id and a.position = c.position
        union all select x.entity, x.period, x.version, x.currency, x.debit, x.credit from rejected_records x where x.rejected_id = c.record_id) o
      where (o.entity, o.period, o.version, o.currency, o.debit, o.credit)
        = (c.corrected_entity, c.corrected_period, c.corrected_version, c.corrected_currency, c.corrected_debit, c.corrected_credit))
    limit ${AT_MOST}`)
  const applied = await db.execute<{ text: string }>(sql`
    select 'run ' || a.run_id || ' applied correction ' || a.correction_id || case
        when c.job_id <> r.job_id then ', which is of another job'
        when a.says <> c.found then ', although the source said something else'
        else ', which nobody approved' end as text
    from correction_readings a join corrections c using (correction_id) join runs r on r.run_id = a.run_id
    where a.is_applied and (c.job_id <> r.job_id or a.says <> c.found or c.needs_second_person and (c.decided_by is null or c.decided_by = c.proposed_by) or c.state in ('proposed', 'refused'))
    limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(
    sql`select (select count(*) from corrected_records) + (select count(*) from correction_readings) as n`,
  )
  return { name: 'corrections', rowsChecked: Number(n!.n), differences: [...totals, ...rows, ...applied].map((row) => row.text) }
}
