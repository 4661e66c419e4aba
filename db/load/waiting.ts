import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'

/** Columns and rows of the rollup `waiting_records`, of the runs that `of` says, as the rejections have them now. */
export const waitingOf = (of: (runId: ReturnType<typeof sql>) => ReturnType<typeof sql>) => sql`
  with record as (
    select r.rejected_id, array_agg(distinct r.exception_id order by r.exception_id) as exception_ids,
      array_agg(distinct r.exception_id) filter (where r.code <> 'document_incomplete') as own
    from rejections r where ${of(sql`r.run_id`)} and r.replaced_by_run_id is null and r.exception_id is not null group by 1),
  placed as (
    select x.run_id, d.exception_ids, coalesce(d.own, '{}') as own, x.entity, x.period, x.version, x.currency, x.debit, x.credit,
      case when v.definition->'rules'->>'balanced' = 'true' then x.document end as document
    from record d join rejected_records x on x.rejected_id = d.rejected_id and ${of(sql`x.run_id`)} join runs u on u.run_id = x.run_id
      join job_versions v on v.job_id = u.job_id and v.version = u.job_version),
  whole as (
    select p.run_id, p.entity, p.document, array_agg(distinct need order by need) as needs from placed p cross join unnest(p.own) need where p.document is not null group by 1, 2, 3)
  select p.run_id, p.exception_ids, coalesce(w.needs, (select coalesce(array_agg(need order by need), '{}') from unnest(p.own) need)) as needs,
    p.entity, p.period, p.version, p.currency, count(*)::int as records, sum(abs(p.debit)) as debit, sum(abs(p.credit)) as credit
  from placed p left join whole w on (w.run_id, w.entity, w.document) = (p.run_id, p.entity, p.document) group by 1, 2, 3, 4, 5, 6, 7`

/** Writes again what waits of these runs. In the transaction that moved it. */
export async function writeWaiting(tx: Transaction, runIds: readonly number[]): Promise<void> {
  if (runIds.length === 0) return
  await tx.execute(sql`delete from waiting_records where run_id in ${runIds}`)
  // Of rows that were written a moment ago the planner knows nothing, takes them for a few, and compares each with every other.
  await tx.execute(sql`set local enable_nestloop = off`)
  await tx.execute(sql`
    insert into waiting_records (run_id, exception_ids, needs, entity, period, version, currency, records, debit, credit)
    ${waitingOf((runId) => sql`${runId} = any(${intArray(runIds)})`)}`)
  await tx.execute(sql`set local enable_nestloop = on`)
}
