import { sql } from 'drizzle-orm'
import type { RunStatus } from '#server/domain/run.ts'
import type { EventKind } from '#server/domain/timeline.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { seenBy, type AuditViewer } from './audit-screens.ts'
import { runsThatSaw } from './exception-screens.ts'

/** A source does nothing to an exception. */
export type ExceptionEventKind = Exclude<EventKind, 'integration'>

/** what: an audit action, or opened, seen, replay_asked, fixed. */
export type ExceptionEvent = {
  at: string
  kind: ExceptionEventKind
  what: string
  who: string
  reason: string | null
  before: unknown
  after: unknown
  runId: number | null
  runStatus: RunStatus | null
  /** Null for what no audit event stands for, or where the viewer may not open it. */
  eventId: number | null
}

/** Everything that happened to an exception, by runs and by people, newest first. */
export async function listExceptionEvents(
  db: Queryable,
  exceptionId: number,
  { kind, viewer, limit }: { kind: ExceptionEventKind | undefined; viewer: AuditViewer; limit: number },
): Promise<ExceptionEvent[]> {
  const rows = await db.execute<ExceptionEvent>(sql`
    with saw as (${runsThatSaw(exceptionId)}),
    found as (
      select x.opened_at as at, 'system' as kind, 'opened' as what, r.requested_by as who, null as reason, null::jsonb as before, null::jsonb as after, r.run_id, r.status, null::int as event_id
      from exceptions x left join runs r on r.run_id = x.opened_run_id where x.exception_id = ${exceptionId}
      union all
      select coalesce(r.finished_at, r.queued_at), 'system', 'seen', r.requested_by, null, null, null, r.run_id, r.status, null
      from exceptions x cross join saw join runs r on r.run_id = saw.run_id
      where x.exception_id = ${exceptionId} and r.run_id is distinct from x.opened_run_id and r.run_id is distinct from x.closed_by_run_id
      union all
      select r.queued_at, 'person', 'replay_asked', r.requested_by, r.reason, null, null, r.run_id, r.status, null
      from runs r where r.trigger = 'replay' and not r.is_preview and r.origin_run_id in (select run_id from saw)
      union all
      select x.closed_at, 'system', 'fixed', r.requested_by, null, null, null, r.run_id, r.status, null
      from exceptions x left join runs r on r.run_id = x.closed_by_run_id where x.exception_id = ${exceptionId} and x.closed_at is not null
      union all
      select e.at, case when e.role = 'service' then 'system' else 'person' end, e.action, e.actor, e.reason, e.before, e.after, null, null, case when ${seenBy(viewer)} then e.event_id::int end
      from audit_events e where e.object_type = 'exception' and e.object_id = ${`${exceptionId}`})
    select ${iso(sql`f.at`)} as at, kind, what, coalesce(who, '') as who, reason, before, after, run_id as "runId", status as "runStatus", event_id as "eventId"
    from found f where ${kind ? sql`kind = ${kind}` : sql`true`} order by f.at desc, event_id desc nulls last limit ${limit}`)
  return [...rows]
}
