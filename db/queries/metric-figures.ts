import { sql } from 'drizzle-orm'
import type { RunStatus } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'

export type QueueFigures = { ready: number; running: number; later: number; oldestMs: number }

/** Tasks of the queue: those that could begin now, those begun, those of later, and how long the oldest has been ready. */
export async function countQueue(db: Queryable): Promise<QueueFigures> {
  const [row] = await db.execute<QueueFigures>(sql`
    select count(*) filter (where locked_at is null and run_at <= now())::int as ready, count(*) filter (where locked_at is not null)::int as running,
      count(*) filter (where locked_at is null and run_at > now())::int as later,
      coalesce(extract(epoch from now() - min(run_at) filter (where locked_at is null and run_at <= now())) * 1000, 0)::float8 as "oldestMs"
    from graphile_worker.jobs`)
  return row!
}

export async function countRunsByStatus(db: Queryable): Promise<{ status: RunStatus; runs: number }[]> {
  const rows = await db.execute<{ status: RunStatus; runs: number }>(sql`
    select status, count(*)::int as runs from runs where not is_preview group by 1`)
  return [...rows]
}

/** How late what is missing is, by job: since the oldest time by which it should have been there. */
export async function listLateness(db: Queryable): Promise<{ job: string; lateMs: number; feeds: number }[]> {
  const rows = await db.execute<{ job: string; lateMs: number; feeds: number }>(sql`
    select j.name as job, (extract(epoch from now() - min(f.expected_by)) * 1000)::float8 as "lateMs", count(*)::int as feeds
    from feeds f join jobs j on j.job_id = f.job_id where f.state = 'missing' group by 1`)
  return [...rows]
}

export type LatencyFigures = { system: string; calls: number; failed: number; medianMs: number; slowMs: number }

/** Requests to each system in the last quarter of an hour: how many, how many failed, half and 95% of them below. */
export async function listLatencies(db: Queryable): Promise<LatencyFigures[]> {
  const rows = await db.execute<LatencyFigures>(sql`
    select s.code as system, count(*)::int as calls, count(*) filter (where c.outcome <> 'ok')::int as failed,
      percentile_cont(0.5) within group (order by c.ms) as "medianMs", percentile_cont(0.95) within group (order by c.ms) as "slowMs"
    from connector_calls c join systems s on s.system_id = c.system_id where c.started_at > now() - interval '15 minutes' group by 1`)
  return [...rows]
}
