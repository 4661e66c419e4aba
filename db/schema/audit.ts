import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { bytea } from './artifacts.ts'

/**
 * Who did what, when, to what, why. Appended by append_audit_event() only; the application's role has no other right than to read.
 * Ids are drawn as events are written, so that nobody waits for another: a number that is missing was never committed.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    eventId: bigint('event_id', { mode: 'number' }).primaryKey(),
    at: timestamp({ withTimezone: true }).notNull(),
    actor: text().notNull(),
    role: text().notNull(),
    action: text().notNull(),
    objectType: text('object_type').notNull(),
    objectId: text('object_id').notNull(),
    reason: text(),
    before: jsonb(),
    after: jsonb(),
    correlationId: uuid('correlation_id').notNull(),
  },
  (t) => [
    index('audit_by_correlation').on(t.correlationId),
    index('audit_by_object').on(t.objectType, t.objectId, t.eventId),
    index('audit_by_time').on(t.at, t.eventId),
    index('audit_by_actor').on(t.actor, t.at, t.eventId),
    index('audit_by_action').on(t.action, t.at, t.eventId),
  ],
)

/** Events that are committed and have no leaf yet: put down with the event, taken away with the leaf, by nothing else. */
export const auditPending = pgTable('audit_pending', {
  eventId: bigint('event_id', { mode: 'number' }).primaryKey(),
})

/** The Merkle log: its leaves from 0 on without a gap, each the hash of one event. Appended by append_audit_leaves() only. */
export const auditLeaves = pgTable('audit_leaves', {
  leafIndex: bigint('leaf_index', { mode: 'number' }).primaryKey(),
  eventId: bigint('event_id', { mode: 'number' }).notNull().unique(),
  hash: bytea().notNull(),
})

/** Of the nodes above the leaves every eighth level, where it is whole. Derived; kept so that a proof reads hundreds of rows, not all. */
export const auditNodes = pgTable(
  'audit_nodes',
  {
    level: integer().notNull(),
    position: bigint({ mode: 'number' }).notNull(),
    hash: bytea().notNull(),
  },
  (t) => [primaryKey({ columns: [t.level, t.position] })],
)

/** One row: by which name this log is known outside. */
export const auditLog = pgTable('audit_log', {
  id: integer().primaryKey(),
  origin: text().notNull(),
})

/** What was signed, as it was signed. Appended only. */
export const auditCheckpoints = pgTable(
  'audit_checkpoints',
  {
    checkpointId: integer('checkpoint_id').primaryKey().generatedAlwaysAsIdentity(),
    treeSize: bigint('tree_size', { mode: 'number' }).notNull(),
    root: bytea().notNull(),
    keyId: text('key_id').notNull(),
    signedAt: timestamp('signed_at', { withTimezone: true }).notNull(),
    note: text().notNull(),
    /** By a person or for an export: somebody may hold it. */
    onDemand: boolean('on_demand').notNull(),
  },
  (t) => [index('audit_checkpoints_by_size').on(t.treeSize)],
)

/** Public keys that sign checkpoints, and from when until when. The private ones are never here. */
export const auditKeys = pgTable('audit_keys', {
  verifier: text().primaryKey(),
  keyId: text('key_id').notNull().unique(),
  validFrom: timestamp('valid_from', { withTimezone: true }).notNull(),
  validUntil: timestamp('valid_until', { withTimezone: true }),
})

/** Asking twice is safe: the same key with the same request gives the first answer, with another is refused. */
export const commands = pgTable('commands', {
  idempotencyKey: text('idempotency_key').primaryKey(),
  command: text().notNull(),
  actor: text().notNull(),
  requestHash: text('request_hash').notNull(),
  result: jsonb().notNull(),
  at: timestamp({ withTimezone: true }).notNull().default(sql`now()`),
})
