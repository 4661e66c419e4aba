import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
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
export type AuditListRow = AuditRow & { before: unknown; after: unknown }

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
  const keyset = backwards ? sql`e.event_id > ${after}` : before === undefined ? sql`true` : sql`e.event_id < ${before}`
  const rows = await db.execute<AuditListRow>(sql`
    select ${COLUMNS}, case when ${SHORT} then e.before end as before, case when ${SHORT} then e.after end as after from audit_events e where ${chosenBy(filter)} and ${keyset} order by e.event_id ${backwards ? sql`asc` : sql`desc`} limit ${limit}`)
  return backwards ? [...rows].reverse() : [...rows]
}

export type AuditDetail = AuditListRow & {
  atExact: string
  previousHash: string
  hash: string
  payload: string
  recomputed: string
}

/** One event, with what was hashed and the hash as it comes out now. */
export async function findAuditEvent(db: Queryable, eventId: number, viewer: AuditViewer): Promise<AuditDetail | null> {
  const [row] = await db.execute<AuditDetail>(sql`
    select ${COLUMNS}, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "atExact", e.before, e.after, e.previous_hash as "previousHash", e.hash,
      audit_payload(e) as payload, audit_hash(e.previous_hash, e) as recomputed
    from audit_events e where e.event_id = ${eventId} and ${seenBy(viewer)}`)
  return row ?? null
}

/** What the filters can choose: everybody who ever acted, everything that was ever done. */
export async function listAuditChoices(db: Queryable, viewer: AuditViewer): Promise<{ actors: string[]; actions: string[] }> {
  const [row] = await db.execute<{ actors: string[]; actions: string[] }>(sql`
    select coalesce(array_agg(distinct actor order by actor), '{}') as actors, coalesce(array_agg(distinct action order by action), '{}') as actions
    from audit_events e where ${seenBy(viewer)}`)
  return row!
}

export type ChainLink = { eventId: number; previousHash: string; payload: string; hash: string }

/** The chain as it was hashed, in its order: hash = SHA-256 of previousHash, a line feed and payload. */
export async function listChain(db: Queryable, after: number, limit: number): Promise<ChainLink[]> {
  const rows = await db.execute<ChainLink>(sql`
    select event_id::int as "eventId", previous_hash as "previousHash", audit_payload(e) as payload, hash from audit_events e where event_id > ${after} order by event_id limit ${limit}`)
  return [...rows]
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
