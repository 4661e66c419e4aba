import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/**
 * A newer run of the same job and slice whose data stands, or is about to: carried out now, the input that this run keeps would put
 * older values back. Null where there is none, where this run has read nothing yet, and of runs that look for newer data themselves
 * (bulk replays) or publish nothing (previews).
 */
export const findOvertaker = (db: Queryable, runId: number): Promise<number | null> =>
  findNewer(
    db,
    runId,
    sql`o.run_id > r.run_id and not r.is_preview and r.bulk_replay_id is null and o.status in ('running', 'succeeded')`,
  )

/**
 * The same for a replay of this run, which would come after any other run and bring the oldest input of all. `unseenBy`: only what a
 * preview of it could not see yet.
 */
export const findNewerThanInput = (db: Queryable, runId: number, unseenBy: number | null = null): Promise<number | null> =>
  findNewer(
    db,
    runId,
    sql`o.status in ('blocked', 'queued', 'waiting', 'running', 'succeeded')
      ${unseenBy === null ? sql`` : sql`and (o.finished_at is null or o.finished_at > (select started_at from runs where run_id = ${unseenBy}))`}`,
  )

/** One that read records and found nothing new has said that what stands is right. */
async function findNewer(db: Queryable, runId: number, condition: SQL): Promise<number | null> {
  const [row] = await db.execute<{ runId: number }>(sql`
    select o.run_id as "runId" from runs r join runs o on o.job_id = r.job_id and o.slice = r.slice
    where r.run_id = ${runId} and ${condition} and not o.is_preview
      and exists (select from run_artifacts a where a.run_id = r.run_id)
      and case when o.status <> 'succeeded' then true when o.publication is not null then ${stands(sql`o.publication`)}
        else exists (select from control_totals e where e.run_id = o.run_id and e.checkpoint = 'extracted' and e.count > 0) end
      and root_run(o.run_id) > root_run(r.run_id)
    order by o.run_id desc limit 1`)
  return row?.runId ?? null
}

/** Not withdrawn, or its withdrawal was, and so on: each is withdrawn by one other at most. */
const stands = (publication: SQL): SQL => sql`(
  with recursive chain as (
    select ${publication} as publication, 0 as n union all select w.publication, n + 1 from chain join publications w on w.withdraws = chain.publication)
  select max(n) % 2 = 0 from chain)`
