import { sql, type SQL } from 'drizzle-orm'
import type postgres from 'postgres'
import { lockClientOf, type Database, type Queryable } from '../client.ts'
import { iso } from '../iso.ts'

/** Locks of live workers live in a class of their own: pg_advisory_lock(class, key). */
const LOCK_CLASS = 7_236_003

const END_MS_MAX = 1_000

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
    // By the connection of the lock: all those of the pool may be waiting for something.
    await lockClientOf(db)`
      insert into workers (worker_id, lock_key, description, queue_worker_ids)
      values (${worker.workerId}, ${lockKey}, ${worker.description}, ${[...queueWorkerIds]}::text[])
      on conflict (worker_id) do update set seen_at = now(), queue_worker_ids = excluded.queue_worker_ids`
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

/** Where a connection of ours that was cut off still has it, as the server keeps it for half a minute, that one goes first. */
async function hold(db: Database, lockKey: number): Promise<void> {
  const client = lockClientOf(db)
  await client`select pg_terminate_backend(l.pid, ${END_MS_MAX}) from pg_locks l where ${heldBy(client, lockKey)} and l.pid <> pg_backend_pid()`
  // Never in line: whoever waits cannot say that it lives. Until the other has ended, its lock says so for us.
  await client`select pg_try_advisory_lock(${LOCK_CLASS}::int, ${lockKey}::int)`
}

/** By the connection that we have now: one that was cut off loses it whenever the server notices. */
async function isHeld(db: Database, lockKey: number): Promise<boolean> {
  const client = lockClientOf(db)
  const rows = await client`select 1 from pg_locks l where ${heldBy(client, lockKey)} and l.pid = pg_backend_pid()`
  return rows.length > 0
}

const heldBy = (client: postgres.Sql, lockKey: number) => client`
  l.locktype = 'advisory' and l.classid = ${LOCK_CLASS}::int::oid and l.objid = ${lockKey}::int::oid and l.granted
  and l.database = (select oid from pg_database where datname = current_database())`

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

export type SeenWorker = {
  readonly workerId: string
  readonly queueWorkerIds: string[]
  /** To be compared, not computed with: the clock it comes from may be set. */
  readonly seenAt: string
  /** It is dead where it does not. */
  readonly holdsLock: boolean
}

export async function listSeenWorkers(db: Queryable): Promise<SeenWorker[]> {
  const rows = await db.execute<SeenWorker>(sql`
    select w.worker_id as "workerId", w.queue_worker_ids as "queueWorkerIds", w.seen_at::text as "seenAt", ${holdsLock} as "holdsLock" from workers w`)
  return [...rows]
}

const holdsLock = sql`exists (select from pg_locks l where ${isLockOf(sql`w.lock_key`)})`

/** Workers that said something lately, and what waits for them. */
export type QueueState = { workers: number; waiting: number; oldest: string | null }

export async function readQueueState(db: Queryable, silentMs: number): Promise<QueueState> {
  const [row] = await db.execute<QueueState>(sql`
    select (select count(*)::int from workers where seen_at > now() - make_interval(secs => ${silentMs / 1000})) as workers,
      count(*)::int as waiting, ${iso(sql`min(r.queued_at)`)} as oldest from runs r where r.status = 'queued' and not r.is_preview`)
  return row!
}

/** False where it showed meanwhile that it lives. What waits in the queue for it goes to others. */
export async function forgetWorker(db: Queryable, worker: SeenWorker): Promise<boolean> {
  const isStillSo = worker.holdsLock ? sql`w.seen_at::text = ${worker.seenAt}` : sql`not ${holdsLock}`
  const rows = await db.execute(sql`
    with gone as (delete from workers w where w.worker_id = ${worker.workerId} and ${isStillSo} returning w.queue_worker_ids)
    select graphile_worker.force_unlock_workers(queue_worker_ids) from gone`)
  return rows.length > 0
}

export type RunningRun = {
  readonly runId: number
  /** As with a worker: to be compared. */
  readonly progressAt: string
  readonly workerId: string | null
  readonly hasWorker: boolean
}

/** Runs that say they are running. A rollback is one statement of whoever asked for it. */
export async function listRunningRuns(db: Queryable): Promise<RunningRun[]> {
  const rows = await db.execute<RunningRun>(sql`
    select run_id as "runId", coalesce(progress_at::text, '') as "progressAt", r.worker_id as "workerId", exists (select from workers w where w.worker_id = r.worker_id) as "hasWorker"
    from runs r where status = 'running' and trigger <> 'rollback'`)
  return [...rows]
}
