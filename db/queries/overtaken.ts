import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/**
 * A newer run of the same job and slice that has published what it read, or is about to: carried out now, the input that this run keeps
 * would put older values back. Null where there is none, where this run has read nothing yet, and of runs that look for newer data
 * themselves (bulk replays) or publish nothing (previews).
 */
export async function findOvertaker(db: Queryable, runId: number): Promise<number | null> {
  const [row] = await db.execute<{ runId: number }>(sql`
    select max(o.run_id) as "runId" from runs r join runs o on o.job_id = r.job_id and o.slice = r.slice and o.run_id > r.run_id
    where r.run_id = ${runId} and not r.is_preview and r.bulk_replay_id is null and exists (select from run_artifacts a where a.run_id = r.run_id)
      and not o.is_preview and (o.status = 'running' or o.status = 'succeeded' and o.publication is not null)
      and not exists (select from publications w where w.withdraws = o.publication) having max(o.run_id) is not null`)
  return row?.runId ?? null
}
