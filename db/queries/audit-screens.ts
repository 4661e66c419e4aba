import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { LOGGED, type LoggedEvent } from './audit-log.ts'
import { inScope } from './totals.ts'

export type AuditRow = {
  eventId: number
  at: string
  actor: string
  role: string
  action: string
  objectType: string
  objectId: string
  reason: string | null
  correlationId: string
}
/** Null where there is none, or where it is too long for a list: the event itself shows all of it. */
export type AuditListRow = AuditRow & {
  before: unknown
  after: unknown
  /** Its place in the log; null while it waits for one. */
  leaf: number | null
}

export type AuditFilter = {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly objectType?: string | undefined
  readonly objectId?: string | undefined
  readonly correlationId?: string | undefined
  /** Dates, 2026-11-21, in UTC. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Keyset by event id: older than, newer than. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly viewer: AuditViewer
}
export type AuditViewer = { readonly name: string; readonly scope: readonly string[] }

const COLUMNS = sql`e.event_id::int as "eventId", ${iso(sql`e.at`)} as at, e.actor, e.role, e.action, e.object_type as "objectType", e.object_id as "objectId", e.reason,
  e.correlation_id as "correlationId"`

const LIST_BYTES_MAX = 4_000
const SHORT = sql`coalesce(pg_column_size(e.before), 0) + coalesce(pg_column_size(e.after), 0) < ${LIST_BYTES_MAX}`

/** Audit events, newest first. */
export async function listAuditEvents(db: Queryable, filter: AuditFilter, limit: number): Promise<AuditListRow[]> {
  const { before, after } = filter
  const backwards = after !== undefined && before === undefined
  const rows = await db.execute<AuditListRow>(sql`
    select ${COLUMNS}, case when ${SHORT} then e.before end as before, case when ${SHORT} then e.after end as after, l.leaf_index as leaf
    from (select * from audit_events e where ${chosenBy(filter)} and ${keyset(before, after)} order by ${backwards ? sql`e.at asc, e.event_id asc` : NEWEST_FIRST} limit ${limit}) e
      left join audit_leaves l on l.event_id = e.event_id order by ${NEWEST_FIRST}`)
  return [...rows]
}

const NEWEST_FIRST = sql`e.at desc, e.event_id desc`

/**
 * Events go by their time: the filters by day then end where the index does. A page goes on from an event, whose time is looked up.
 * Bound as values and not joined, so that the index can be entered there.
 */
function keyset(before: number | undefined, after: number | undefined) {
  const at = (eventId: number) => sql`((select at from audit_events where event_id = ${eventId}), ${eventId}::bigint)`
  if (before !== undefined) return sql`(e.at, e.event_id) < ${at(before)}`
  return after === undefined ? sql`true` : sql`(e.at, e.event_id) > ${at(after)}`
}

export type ExportedRow = { eventId: number; leaf: number | null; hash: Buffer | null; event: LoggedEvent }

/** The same events oldest first, each as its leaf says it. `after` goes on from an event. */
export async function listEventsForEvidence(db: Queryable, filter: AuditFilter, limit: number): Promise<ExportedRow[]> {
  const rows = await db.execute<ExportedRow>(sql`
    select e.event_id as "eventId", l.leaf_index as leaf, l.hash, ${LOGGED} as event
    from (select * from audit_events e where ${chosenBy(filter)} and ${keyset(undefined, filter.after)} order by e.at, e.event_id limit ${limit}) e
      left join audit_leaves l on l.event_id = e.event_id order by e.at, e.event_id`)
  return [...rows]
}

export type AuditDetail = AuditListRow & { event: LoggedEvent; hash: Buffer | null }

/** One event, with its leaf where it has one. */
export async function findAuditEvent(db: Queryable, eventId: number, viewer: AuditViewer): Promise<AuditDetail | null> {
  const [row] = await db.execute<AuditDetail>(sql`
    select ${COLUMNS}, e.before, e.after, l.leaf_index as leaf, l.hash, ${LOGGED} as event
    from audit_events e left join audit_leaves l on l.event_id = e.event_id where e.event_id = ${eventId} and ${seenBy(viewer)}`)
  return row ?? null
}

/**
 * What the filters can choose: everybody who ever acted, everything that was ever done. From one name to the next by the index, so
 * that a log of millions is read in as many steps as it has names. Names are no secret: who may sign in sees the people too.
 */
export async function listAuditChoices(db: Queryable): Promise<{ actors: string[]; actions: string[] }> {
  const names = (column: 'actor' | 'action') => {
    const name = sql.identifier(column)
    return sql`(with recursive names as (
      (select ${name} as name from audit_events order by ${name} limit 1)
      union all select (select e.${name} from audit_events e where e.${name} > n.name order by e.${name} limit 1) from names n where n.name is not null)
    select coalesce(array_agg(name order by name), '{}') from names where name is not null)`
  }
  const [row] = await db.execute<{ actors: string[]; actions: string[] }>(
    sql`select ${names('actor')} as actors, ${names('action')} as actions`,
  )
  return row!
}

function chosenBy(filter: AuditFilter) {
  const { from, to, viewer } = filter
  const parts = [seenBy(viewer)]
  const equals: [string, string | undefined][] = [
    ['actor', filter.actor],
    ['action', filter.action],
    ['object_type', filter.objectType],
    ['object_id', filter.objectId],
  ]
  for (const [column, value] of equals) if (value) parts.push(sql`e.${sql.identifier(column)} = ${value}`)
  if (filter.correlationId) parts.push(sql`e.correlation_id = ${filter.correlationId}::uuid`)
  if (from) parts.push(sql`e.at >= ${from}::date::timestamp at time zone 'UTC'`)
  if (to) parts.push(sql`e.at < (${to}::date + 1)::timestamp at time zone 'UTC'`)
  return sql.join(parts, sql` and `)
}

/**
 * An event names no entity of its own. Who may not see all entities sees what they did themselves, runs and deliveries that lie in
 * their scope as a whole, and the periods of their entities. Of a query with events as `e`.
 */
export function seenBy({ name, scope }: AuditViewer) {
  if (scope.includes('*')) return sql`true`
  const ofDelivery = sql`select from delivery_items i where i.delivery_id::text = e.object_id`
  const ofRun = sql`select from control_totals c where c.run_id::text = e.object_id`
  return sql`(e.actor = ${name}
    or e.object_type = 'run' and exists (${ofRun}) and not exists (${ofRun} and not ${inScope(sql`c.entity`, scope)})
    or e.object_type = 'delivery' and exists (${ofDelivery}) and not exists (${ofDelivery} and not ${inScope(sql`i.entity`, scope)})
    or e.object_type = 'period' and split_part(e.object_id, ' ', 1) in ${scope.length > 0 ? scope : ['']})`
}
