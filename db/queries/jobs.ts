import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'

/** The job, locked: since when it is paused, if it is. */
export async function lockJob(tx: Transaction, jobId: number): Promise<{ pausedAt: Date | null }> {
  const [row] = await tx.execute<{ pausedAt: number | null }>(sql`
    select (extract(epoch from paused_at) * 1000)::float8 as "pausedAt" from jobs where job_id = ${jobId} for update`)
  return { pausedAt: row?.pausedAt == null ? null : new Date(row.pausedAt) }
}

export async function setPausedAt(tx: Transaction, jobId: number, pausedAt: Date | null): Promise<void> {
  await tx.execute(sql`update jobs set paused_at = ${pausedAt?.toISOString() ?? null}::timestamptz where job_id = ${jobId}`)
}

/** The entities its runs have touched, whatever became of them: whom it concerns when it changes. */
export async function listEntitiesOfJob(tx: Transaction, jobId: number): Promise<string[]> {
  const rows = await tx.execute<{ entity: string }>(sql`
    select distinct c.entity from control_totals c join runs r on r.run_id = c.run_id where r.job_id = ${jobId} and c.entity <> '' order by 1`)
  return rows.map(({ entity }) => entity)
}
