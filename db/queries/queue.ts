import { sql } from 'drizzle-orm'
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

/** The next run of the same job and slice that waits for this one to end. */
export async function enqueueNext(db: Queryable, jobId: number, slice: string): Promise<void> {
  await db.execute(sql`
    select graphile_worker.add_job('execute_run', json_build_object('runId', run_id), max_attempts => 1, job_key => 'run:' || run_id)
    from runs where job_id = ${jobId} and slice = ${slice} and status in ('queued', 'waiting') and due_at <= now() order by run_id limit 1`)
}
