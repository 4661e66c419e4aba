import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'

export type Health = {
  version: string
  now: Date
  connections: number
  connectionsMax: number
  workers: number
  stuck: number
  mayEditAudit: boolean
  segments: number
  /** What the server can have locked at once. */
  locksMax: number
}

export async function countFindings(db: Queryable): Promise<Health> {
  const [row] = await db.execute<Omit<Health, 'now'> & { now: string }>(sql`
    select split_part(current_setting('server_version'), ' ', 1) as version, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now,
      (select count(*)::int from pg_stat_activity) as connections, current_setting('max_connections')::int as "connectionsMax",
      (select count(*)::int from workers where seen_at > now() - interval '20 seconds') as workers,
      (select count(*)::int from runs r where status = 'running' and not exists (select from workers w where w.worker_id = r.worker_id)) as stuck,
      has_table_privilege('audit_events', 'UPDATE') or has_table_privilege('audit_events', 'DELETE') or has_table_privilege('audit_events', 'TRUNCATE') as "mayEditAudit",
      (select count(*)::int from pg_inherits where inhparent = 'lines'::regclass) as segments,
      current_setting('max_locks_per_transaction')::int * current_setting('max_connections')::int as "locksMax"`)
  return { ...row!, now: new Date(row!.now) }
}

/** True until the first person is there. */
export async function isEmpty(db: Queryable): Promise<boolean> {
  const [row] = await db.execute<{ empty: boolean }>(sql`select not exists (select from people) as empty`)
  return row!.empty
}

/** Schedulers show that they live as workers do, and say what they are (jobs/scheduler.ts). */
const IS_SCHEDULER = sql`description like 'scheduler %'`

export type Vitals = {
  now: Date
  migrations: number
  /** Since a worker was last heard of; null when none is registered. */
  workerSilentMs: number | null
  /** The same of the clock. */
  schedulerSilentMs: number | null
}

/** What readiness is judged by, in one statement: it is asked every few seconds. */
export async function readVitals(db: Queryable): Promise<Vitals> {
  const [row] = await db.execute<Omit<Vitals, 'now'> & { now: number }>(sql`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as now, (select count(*)::int from drizzle.__drizzle_migrations) as migrations,
      (select (extract(epoch from clock_timestamp() - max(seen_at)) * 1000)::float8 from workers where not ${IS_SCHEDULER}) as "workerSilentMs",
      (select (extract(epoch from clock_timestamp() - max(seen_at)) * 1000)::float8 from workers where ${IS_SCHEDULER}) as "schedulerSilentMs"`)
  return { ...row!, now: new Date(row!.now) }
}

export type InstallationRow = {
  postgres: string
  database: string
  bytes: number
  migrations: number
  migratedAt: string | null
  lastTickAt: string | null
  lastTickBy: string | null
  ticksToday: number
}

export async function findInstallation(db: Queryable): Promise<InstallationRow> {
  const [row] = await db.execute<InstallationRow>(sql`
    select split_part(current_setting('server_version'), ' ', 1) as postgres, current_database() as database, pg_database_size(current_database())::float8 as bytes,
      (select count(*)::int from drizzle.__drizzle_migrations) as migrations,
      (select ${iso(sql`to_timestamp(max(created_at) / 1000.0)`)} from drizzle.__drizzle_migrations) as "migratedAt",
      ${iso(sql`t.decided_at`)} as "lastTickAt", t.decided_by as "lastTickBy",
      (select count(*)::int from ticks where decided_at > now() - interval '24 hours') as "ticksToday"
    from (select 1) one left join lateral (select decided_at, decided_by from ticks order by decided_at desc limit 1) t on true`)
  return row!
}

export type WorkerRow = { workerId: string; description: string; startedAt: string; seenAt: string; runs: number }

export async function listWorkers(db: Queryable): Promise<WorkerRow[]> {
  const rows = await db.execute<WorkerRow>(sql`
    select worker_id as "workerId", description, ${iso(sql`started_at`)} as "startedAt", ${iso(sql`seen_at`)} as "seenAt",
      (select count(*)::int from runs r where r.status = 'running' and r.worker_id = w.worker_id) as runs
    from workers w order by started_at`)
  return [...rows]
}
