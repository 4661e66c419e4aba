import { sql, type SQL } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'

/** Wakes a worker for a run, in the caller's transaction. The same run is queued once, however often this is called. */
export async function enqueueRun(db: Queryable, runId: number, runAt: Date | null = null): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('execute_run', json_build_object('runId', ${runId}::int), run_at => coalesce(${runAt?.toISOString() ?? null}::timestamptz, now()),
      max_attempts => 1, job_key => ${`run:${runId}`})`)
}

export async function enqueueRuns(tx: Transaction, runIds: readonly number[]): Promise<void> {
  if (runIds.length === 0) return
  await tx.execute(sql`
    select graphile_worker.add_job('execute_run', json_build_object('runId', run_id::int), max_attempts => 1, job_key => 'run:' || run_id)
    from jsonb_array_elements_text(${JSON.stringify(runIds)}::jsonb) as given (run_id)`)
}

/** Wakes a worker for a bulk replay, like enqueueRun. */
export async function enqueueBulkReplay(db: Queryable, bulkReplayId: number): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('bulk_replay', json_build_object('bulkReplayId', ${bulkReplayId}::int), max_attempts => 1, job_key => ${`bulk:${bulkReplayId}`})`)
}

/** Runs of a job that go one after the other: of one slice, and the files of one folder, where a younger file may say anew what an older one said. */
export const lane = (of: SQL): SQL => sql`case when ${of}.slice like 'file:%' then '*' else ${of}.slice end`

/** The next run of the same job and lane that waits for this one to end. */
export async function enqueueNext(db: Queryable, jobId: number, slice: string): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('execute_run', json_build_object('runId', run_id), max_attempts => 1, job_key => 'run:' || run_id)
    from runs r cross join (select ${slice}::text as slice) o where job_id = ${jobId} and ${lane(sql`r`)} = ${lane(sql`o`)} and status in ('queued', 'waiting') and due_at <= now()
      and not is_preview order by run_id limit 1`)
}

/** Runs that are due and that a worker may take, oldest first: of a lane only its first, and previews, which wait for nobody. */
export async function listDueRuns(db: Queryable, limit: number): Promise<number[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select run_id as id from runs r where status in ('queued', 'waiting') and due_at <= now() and (is_preview or not exists (
      select from runs o where o.job_id = r.job_id and ${lane(sql`o`)} = ${lane(sql`r`)} and o.run_id < r.run_id
        and o.status in ('queued', 'waiting') and not o.is_preview))
    order by run_id limit ${limit}`)
  return rows.map(({ id }) => id)
}
