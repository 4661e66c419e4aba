import { sql, type SQL } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'

/** An event as its leaf says it: everything that is kept of it, times in UTC to the microsecond. */
export type LoggedEvent = {
  readonly eventId: number
  readonly at: string
  readonly actor: string
  readonly role: string
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly reason: string | null
  readonly before: unknown
  readonly after: unknown
  readonly correlationId: string
}

/** Of a query with events as `e`: the event as one JSON object, so that it stands beside its place in the log. */
export const LOGGED = sql`jsonb_build_object('eventId', e.event_id, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'actor', e.actor, 'role', e.role,
  'action', e.action, 'objectType', e.object_type, 'objectId', e.object_id, 'reason', e.reason, 'before', e.before, 'after', e.after, 'correlationId', e.correlation_id)`

/** Until the transaction ends nobody else gives out leaves or signs. Writers of events wait for nothing. */
export async function lockLog(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(7236010)`)
}

export async function isPending(db: Queryable): Promise<boolean> {
  const [row] = await db.execute<{ is: boolean }>(sql`select exists (select from audit_pending) as is`)
  return row!.is
}

/** Events that wait for a leaf, oldest first. */
export async function listPending(db: Queryable, limit: number): Promise<LoggedEvent[]> {
  const rows = await db.execute<{ event: LoggedEvent }>(sql`
    select ${LOGGED} as event from audit_pending p join audit_events e on e.event_id = p.event_id order by p.event_id limit ${limit}`)
  return rows.map(({ event }) => event)
}

/** Events that waited for a leaf and are gone. */
export async function listLostPending(db: Queryable, limit: number): Promise<number[]> {
  const rows = await db.execute<{ eventId: number }>(sql`
    select p.event_id as "eventId" from audit_pending p where not exists (select from audit_events e where e.event_id = p.event_id) order by 1 limit ${limit}`)
  return rows.map(({ eventId }) => eventId)
}

/** How many leaves there are. They are counted from 0, without a gap. */
export async function treeSize(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ size: number }>(sql`select coalesce(max(leaf_index) + 1, 0) as size from audit_leaves`)
  return row!.size
}

export async function findOrigin(db: Queryable): Promise<string> {
  const [row] = await db.execute<{ origin: string }>(sql`select origin from audit_log`)
  return row!.origin
}

/** Kept hashes of a level from a place on: level 0 are the leaves. Throws when one is not there. */
export async function readHashes(db: Queryable, level: number, from: number, count: number): Promise<Buffer[]> {
  const rows = await db.execute<{ hash: Buffer }>(
    level === 0
      ? sql`select hash from audit_leaves where leaf_index >= ${from} and leaf_index < ${from + count} order by leaf_index`
      : sql`select hash from audit_nodes where level = ${level} and position >= ${from} and position < ${from + count} order by position`,
  )
  if (rows.length !== count) throw new Error(`the audit log has lost hashes of level ${level} from ${from} on`)
  return rows.map(({ hash }) => hash)
}

export type NewNode = { readonly level: number; readonly position: number; readonly hash: Uint8Array }

/** Gives events their leaves, from `first` on. Refused by the database when another did it meanwhile. */
export async function appendLeaves(
  db: Queryable,
  first: number,
  leaves: readonly { readonly eventId: number; readonly hash: Uint8Array }[],
  nodes: readonly NewNode[],
): Promise<void> {
  const list = (values: readonly number[]) => `{${values.join(',')}}`
  await db.execute(sql`
    select append_audit_leaves(${first}, ${list(leaves.map(({ eventId }) => eventId))}::bigint[], ${Buffer.concat(leaves.map(({ hash }) => hash))}::bytea,
      ${list(nodes.map(({ level }) => level))}::int[], ${list(nodes.map(({ position }) => position))}::bigint[], ${Buffer.concat(nodes.map(({ hash }) => hash))}::bytea)`)
}

export type CheckpointRow = { size: number; root: Buffer; keyId: string; signedAt: string; note: string }

const CHECKPOINT = sql`tree_size as size, root, key_id as "keyId", ${iso(sql`signed_at`)} as "signedAt", note`

export async function newestCheckpoint(db: Queryable): Promise<CheckpointRow | null> {
  const [row] = await db.execute<CheckpointRow>(
    sql`select ${CHECKPOINT} from audit_checkpoints order by tree_size desc, checkpoint_id desc limit 1`,
  )
  return row ?? null
}

/** Newest first. */
export async function listCheckpoints(db: Queryable, limit: number, of: SQL = sql`true`): Promise<CheckpointRow[]> {
  const rows = await db.execute<CheckpointRow>(
    sql`select ${CHECKPOINT} from audit_checkpoints where ${of} order by tree_size desc, checkpoint_id desc limit ${limit}`,
  )
  return [...rows]
}

/** Those that somebody may hold, newest first: asked for, or the last of their day. */
export const listHeldCheckpoints = (db: Queryable, limit: number): Promise<CheckpointRow[]> =>
  listCheckpoints(
    db,
    limit,
    sql`on_demand or checkpoint_id in (select max(checkpoint_id) from audit_checkpoints group by (signed_at at time zone 'UTC')::date)`,
  )

export async function insertCheckpoint(
  tx: Transaction,
  { size, root, keyId, signedAt, note }: CheckpointRow,
  onDemand: boolean,
): Promise<void> {
  await tx.execute(sql`insert into audit_checkpoints (tree_size, root, key_id, signed_at, note, on_demand)
    values (${size}, ${root}::bytea, ${keyId}, ${signedAt}::timestamptz, ${note}, ${onDemand})`)
}

export type KeyRow = { verifier: string; keyId: string; validFrom: string; validUntil: string | null }

/** Oldest first. */
export async function listAuditKeys(db: Queryable): Promise<KeyRow[]> {
  const rows = await db.execute<KeyRow>(sql`
    select verifier, key_id as "keyId", ${iso(sql`valid_from`)} as "validFrom", ${iso(sql`valid_until`)} as "validUntil" from audit_keys order by valid_from, key_id`)
  return [...rows]
}

/** Puts a key in force, and ends the one before in the same moment. */
export async function changeKey(
  tx: Transaction,
  { verifier, keyId }: Pick<KeyRow, 'verifier' | 'keyId'>,
  now: Date,
): Promise<void> {
  await tx.execute(sql`update audit_keys set valid_until = ${now.toISOString()}::timestamptz where valid_until is null`)
  await tx.execute(
    sql`insert into audit_keys (verifier, key_id, valid_from) values (${verifier}, ${keyId}, ${now.toISOString()}::timestamptz)`,
  )
}

export type Standing = { leaves: number; pending: number; oldestPendingAt: string | null }

/** What has its leaf and what still waits. Counting leaves reads none of them. */
export async function findStanding(db: Queryable): Promise<Standing> {
  const [row] = await db.execute<Standing>(sql`
    select (select coalesce(max(leaf_index) + 1, 0) from audit_leaves) as leaves, count(*)::int as pending, ${iso(sql`min(e.at)`)} as "oldestPendingAt"
    from audit_pending p left join audit_events e on e.event_id = p.event_id`)
  return row!
}

/** From more than `after` leaves to `until` of them, smallest first; the lists between are as long as the pages of leaves. */
export async function listCheckpointsBetween(db: Queryable, after: number, until: number): Promise<CheckpointRow[]> {
  const rows = await db.execute<CheckpointRow>(
    sql`select ${CHECKPOINT} from audit_checkpoints where tree_size > ${after} and tree_size <= ${until} order by tree_size, checkpoint_id`,
  )
  return [...rows]
}

export async function countPending(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from audit_pending`)
  return row!.n
}

export type LeafRow = { leaf: number; eventId: number; hash: Buffer; event: LoggedEvent | null }

/** Leaves in their order, each with its event as it stands now, if it stands. */
export async function listLeaves(db: Queryable, from: number, limit: number): Promise<LeafRow[]> {
  const rows = await db.execute<LeafRow>(sql`
    select l.leaf_index as leaf, l.event_id as "eventId", l.hash, case when e.event_id is not null then ${LOGGED} end as event
    from audit_leaves l left join audit_events e on e.event_id = l.event_id where l.leaf_index >= ${from} order by l.leaf_index limit ${limit}`)
  return [...rows]
}

/** Events that have no leaf and wait for none: nobody wrote them through the door. */
export async function listUnlogged(db: Queryable, limit: number): Promise<number[]> {
  const rows = await db.execute<{ eventId: number }>(sql`
    select e.event_id as "eventId" from audit_events e where not exists (select from audit_leaves l where l.event_id = e.event_id)
      and not exists (select from audit_pending p where p.event_id = e.event_id) order by 1 limit ${limit}`)
  return rows.map(({ eventId }) => eventId)
}

/** Every whole node that is kept, in the order in which leaves make them whole. */
export async function listNodes(db: Queryable): Promise<{ level: number; position: number; hash: Buffer }[]> {
  const rows = await db.execute<{ level: number; position: number; hash: Buffer }>(
    sql`select level, position, hash from audit_nodes order by level, position`,
  )
  return [...rows]
}
