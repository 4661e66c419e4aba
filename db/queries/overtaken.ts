import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/**
 * A newer run of the same job and slice that has published what it read, or is about to: carried out now, the input that this run keeps
 * would put older values back. Null where there is none, where this run has read nothing yet, and of runs that look for newer data
 * themselves (bulk replays) or publish nothing (previews).
 */
export const findOvertaker = (db: Queryable, runId: number): Promise<number | null> =>
  findNewer(db, runId, sql`o.run_id > r.run_id and not r.is_preview and r.bulk_replay_id is null`)

/** The same for a replay of this run, which would be newer than any other run and bring the oldest input of all. */
export const findNewerThanInput = (db: Queryable, runId: number): Promise<number | null> => findNewer(db, runId, sql`true`)

async function findNewer(db: Queryable, runId: number, condition: SQL): Promise<number | null> {
  const [row] = await db.execute<{ runId: number }>(sql`
    select o.run_id as "runId" from runs r join runs o on o.job_id = r.job_id and o.slice = r.slice
    where r.run_id = ${runId} and ${condition} and exists (select from run_artifacts a where a.run_id = r.run_id)
      and not o.is_preview and (o.status = 'running' or o.status = 'succeeded' and o.publication is not null)
      and not exists (select from publications w where w.withdraws = o.publication) and root_run(o.run_id) > root_run(r.run_id)
    order by o.run_id desc limit 1`)
  return row?.runId ?? null
}
