import { sql, type SQL } from 'drizzle-orm'
import { lockClientOf, type Database, type Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { textArray } from '../text-array.ts'

/** Locks of live workers live in a class of their own: pg_advisory_lock(class, key). */
const LOCK_CLASS = 7_236_003

export type Registration = { beat(queueWorkerIds: readonly string[]): Promise<void>; release(): Promise<void> }

/**
 * Registers a worker. It holds an advisory lock on a connection of its own for as long as it lives: the moment the process
 * dies, the server frees it, and everybody can see that.
 */
export async function registerWorker(db: Database, worker: { workerId: string; description: string }): Promise<Registration> {
  const lockKey = Math.floor(Math.random() * 2_000_000_000)
  await hold(db, lockKey)
  // One that was taken for dead while the machine slept registers again; its runs are with others, and it cannot end them.
  const beat = async (queueWorkerIds: readonly string[]) => {
    // A connection that was cut, or a database that was started again, took the lock along: without it everybody thinks us dead.
    if (!(await isHeld(db, lockKey))) await hold(db, lockKey)
    await db.execute(sql`
      insert into workers (worker_id, lock_key, description, queue_worker_ids) values (${worker.workerId}, ${lockKey}, ${worker.description}, ${textArray(queueWorkerIds)})
      on conflict (worker_id) do update set seen_at = now(), queue_worker_ids = excluded.queue_worker_ids`)
  }
  await beat([])
  return {
    beat,
    async release() {
      await db.execute(sql`delete from workers where worker_id = ${worker.workerId}`)
      await lockClientOf(db)`select pg_advisory_unlock(${LOCK_CLASS}::int, ${lockKey}::int)`
    },
  }
}

async function hold(db: Database, lockKey: number): Promise<void> {
  await lockClientOf(db)`select pg_advisory_lock(${LOCK_CLASS}::int, ${lockKey}::int)`
}

async function isHeld(db: Queryable, lockKey: number): Promise<boolean> {
  const rows = await db.execute(sql`select 1 from pg_locks l where ${isLockOf(sql`${lockKey}::bigint`)}`)
  return rows.length > 0
}

/** The processes in which the server works for this pool, and for others of its name. */
export async function listOwnBackends(db: Queryable): Promise<number[]> {
  const rows = await db.execute<{ pid: number }>(
    sql`select pid from pg_stat_activity where application_name = current_setting('application_name') and datname = current_database()`,
  )
  return rows.map(({ pid }) => pid)
}

const isLockOf = (
  lockKey: SQL,
) => sql`l.locktype = 'advisory' and l.classid = ${LOCK_CLASS}::oid and l.objid::bigint = ${lockKey} and l.granted
  and l.database = (select oid from pg_database where datname = current_database())`

/** Workers whose lock is free, or that have said nothing for `silentMs`: they are dead, or as good as. */
export async function listDeadWorkers(
  db: Queryable,
  silentMs: number,
): Promise<{ workerId: string; queueWorkerIds: string[] }[]> {
  const rows = await db.execute<{ worker_id: string; queue_worker_ids: string[] }>(sql`
    select w.worker_id, w.queue_worker_ids from workers w
    where w.seen_at < now() - make_interval(secs => ${silentMs / 1000})
      or not exists (select from pg_locks l where ${isLockOf(sql`w.lock_key`)})`)
  return rows.map((row) => ({ workerId: row.worker_id, queueWorkerIds: row.queue_worker_ids }))
}

/** Workers that said something lately, and what waits for them. */
export type QueueState = { workers: number; waiting: number; oldest: string | null }

export async function readQueueState(db: Queryable, silentMs: number): Promise<QueueState> {
  const [row] = await db.execute<QueueState>(sql`
    select (select count(*)::int from workers where seen_at > now() - make_interval(secs => ${silentMs / 1000})) as workers,
      count(*)::int as waiting, ${iso(sql`min(r.queued_at)`)} as oldest from runs r where r.status = 'queued' and not r.is_preview`)
  return row!
}

export async function forgetWorker(db: Queryable, workerId: string, queueWorkerIds: readonly string[]): Promise<void> {
  if (queueWorkerIds.length > 0) {
    await db.execute(sql`select graphile_worker.force_unlock_workers(${textArray(queueWorkerIds)})`)
  }
  await db.execute(sql`delete from workers where worker_id = ${workerId}`)
}

/** Runs that say they are running and cannot be: their worker is gone, or has reported nothing for `stuckMs`. */
export async function listOrphanRuns(db: Queryable, stuckMs: number): Promise<number[]> {
  const rows = await db.execute<{ run_id: number }>(sql`
    select run_id from runs r where status = 'running' and trigger <> 'rollback'
      and (progress_at < now() - make_interval(secs => ${stuckMs / 1000}) or not exists (select from workers w where w.worker_id = r.worker_id))`)
  return rows.map((row) => row.run_id)
}
