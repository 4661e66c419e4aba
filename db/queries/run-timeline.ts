import { sql } from 'drizzle-orm'
import type { EventKind } from '#server/domain/timeline.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'

export type TimelineRow = {
  at: string
  kind: EventKind
  /** The audit action, or attempt.started, deliveries.received, request.failed. */
  what: string
  runId: number | null
  who: string
  reason: string | null
  detail: string | null
  /** Of a request that failed. */
  code: string | null
  count: number | null
  /** Of the audit log; null for what no audit event stands for. */
  eventId: number | null
  objectType: string
  objectId: string
}

/** Everything that happened under one correlation id, of people, of ours and of the sources, newest first. */
export async function listTimeline(
  db: Queryable,
  correlationId: string,
  kind: EventKind | undefined,
  limit: number,
): Promise<TimelineRow[]> {
  const rows = await db.execute<TimelineRow>(sql`
    with of as (select run_id, origin_run_id, job_id from runs where correlation_id = ${correlationId}::uuid),
    found as (
      select e.at, case when e.role = 'service' then 'system' else 'person' end as kind, e.action as what, case when e.object_type = 'run' then e.object_id::int end as run_id,
        e.actor as who, e.reason, null as detail, null as code, null::int as count, e.event_id::int as event_id, e.object_type, e.object_id
      from audit_events e where e.correlation_id = ${correlationId}::uuid
      union all
      select a.started_at, 'system', 'attempt.started', a.run_id, 'worker', null, null, null, a.attempt, null, 'run', a.run_id::text from attempts a join of on of.run_id = a.run_id
      union all
      select max(d.received_at), 'integration', 'deliveries.received', d.run_id, min(s.name), null, min(d.name), null, count(*)::int, null, 'run', d.run_id::text
      from run_artifacts d join of on of.run_id = d.run_id and of.origin_run_id is null join jobs j on j.job_id = of.job_id join systems s on s.system_id = j.system_id group by d.run_id
      union all
      select c.started_at, 'integration', 'request.failed', c.run_id, s.name, null, c.name, c.outcome, c.attempt, null, 'run', c.run_id::text
      from connector_calls c join of on of.run_id = c.run_id join systems s on s.system_id = c.system_id where c.outcome <> 'ok')
    select ${iso(sql`f.at`)} as at, kind, what, run_id as "runId", who, reason, detail, code, count, event_id as "eventId", object_type as "objectType", object_id as "objectId"
    from found f where ${kind ? sql`kind = ${kind}` : sql`true`} order by f.at desc, event_id desc nulls last limit ${limit}`)
  return [...rows]
}
