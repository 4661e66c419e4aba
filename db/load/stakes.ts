import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { standing } from '../queries/exceptions.ts'

/** What waits behind these exceptions, written again from their rejections. In the transaction that moved them. */
export async function writeStakes(tx: Transaction, exceptionIds: readonly number[]): Promise<void> {
  if (exceptionIds.length === 0) return
  await tx.execute(sql`delete from exception_stakes where exception_id in ${exceptionIds}`)
  await tx.execute(sql`
    insert into exception_stakes (exception_id, run_id, entity, period, version, currency, records, debit, credit)
    select e.exception_id, r.run_id, x.entity, x.period, x.version, x.currency, count(*), sum(abs(x.debit)), sum(abs(x.credit))
    from exceptions e cross join lateral ${standing()} r join rejected_records x on x.rejected_id = r.rejected_id
    where e.exception_id in ${exceptionIds} group by 1, 2, 3, 4, 5, 6`)
}
