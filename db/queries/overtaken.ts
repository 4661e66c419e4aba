import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { lane } from './queue.ts'

/**
 * A newer run of the same job and slice whose data stands, or is about to: carried out now, this run would come after it. Null where there
 * is none, and of runs that look for newer data themselves (bulk replays) or publish nothing (previews). What is published is judged by
 * its records as well (refuseOlder).
 */
export const findOvertaker = (db: Queryable, runId: number): Promise<number | null> =>
  findNewer(
    db,
    runId,
    sql`o.run_id > r.run_id and not r.is_preview and r.bulk_replay_id is null and o.status in ('running', 'succeeded')`,
  )

/**
 * The same for a replay of this run, which would come after any other run and bring the oldest input of all. Of its `lane`: the other files
 * of its folder as well, which may say nothing of its records. Null where it kept no input.
 */
export const findNewerThanInput = (db: Queryable, runId: number, of: 'slice' | 'lane' = 'slice'): Promise<number | null> =>
  findNewer(db, runId, sql`o.status in ('blocked', 'queued', 'waiting', 'running', 'succeeded') and ${HAS_INPUT}`, of)

/** Of them one that a preview of this run could not see: it ended since. One that is still to come is judged when it has come. */
export const findUnseenBy = (db: Queryable, runId: number, previewRunId: number): Promise<number | null> =>
  findNewer(
    db,
    runId,
    sql`o.status = 'succeeded' and o.finished_at > (select started_at from runs where run_id = ${previewRunId}) and ${HAS_INPUT}`,
  )

const HAS_INPUT = sql`exists (select from run_artifacts a where a.run_id = r.run_id)`

/** One that read records and found nothing new has said that what stands is right. */
async function findNewer(db: Queryable, runId: number, condition: SQL, of: 'slice' | 'lane' = 'slice'): Promise<number | null> {
  const isBeside = of === 'slice' ? sql`o.slice = r.slice` : sql`${lane(sql`o`)} = ${lane(sql`r`)}`
  const [row] = await db.execute<{ runId: number }>(sql`
    select o.run_id as "runId" from runs r join runs o on o.job_id = r.job_id and ${isBeside}
    where r.run_id = ${runId} and ${condition} and not o.is_preview
      and case when o.status <> 'succeeded' then true when o.publication is not null then ${stands(sql`o.publication`)}
        else exists (select from control_totals e where e.run_id = o.run_id and e.checkpoint = 'extracted' and e.count > 0) end
      and root_run(o.run_id) > root_run(r.run_id)
    order by o.run_id desc limit 1`)
  return row?.runId ?? null
}

/** Not withdrawn, or its withdrawal was, and so on: each is withdrawn by one other at most. */
export const stands = (publication: SQL): SQL => sql`(
  with recursive chain as (
    select ${publication} as publication, 0 as n union all select w.publication, n + 1 from chain join publications w on w.withdraws = chain.publication)
  select max(n) % 2 = 0 from chain)`

/** All that do not, for whoever asks of many: from the withdrawals that nobody withdrew back to the first, every other one. */
export const WITHDRAWN = sql`
  with recursive withdrawn as (
    select w.withdraws as publication from publications w
    where w.withdraws is not null and not exists (select from publications x where x.withdraws = w.publication)
    union all select w.withdraws from withdrawn s join publications p on p.publication = s.publication
      join publications w on w.publication = p.withdraws where w.withdraws is not null)
  select publication from withdrawn`
