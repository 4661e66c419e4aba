import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import type { Run } from './runs.ts'

type Attempt = Pick<Run, 'runId' | 'attempt'>

/** True where the run was cancelled in this attempt. Locks it until the transaction ends: nobody restarts it meanwhile. */
export async function lockCancelled(tx: Transaction, { runId, attempt }: Attempt): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from runs where run_id = ${runId} and status = 'cancelled' and attempt = ${attempt} for update`)
  return rows.length > 0
}

/** How an attempt ended whose load something published or closed meanwhile may have changed. */
export const SENT_BACK = 'sent back'

/** How often in a row, until this attempt. */
export async function countSentBack(db: Queryable, { runId, attempt }: Attempt): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`
    select ${attempt} - 1 - coalesce(max(attempt), 0) as n from attempts
    where run_id = ${runId} and attempt < ${attempt} and outcome is distinct from ${SENT_BACK}`)
  return row!.n
}
