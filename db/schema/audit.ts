import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/**
 * Who did what, when, to what, why. Appended by append_audit_event() only, which chains each event to
 * the one before; the application's role has no other right than to read.
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
    previousHash: text('previous_hash').notNull(),
    hash: text().notNull(),
  },
  (t) => [index('audit_by_correlation').on(t.correlationId), index('audit_by_object').on(t.objectType, t.objectId, t.eventId)],
)

/** One row: the newest link of the chain. A chain that ends elsewhere has lost its tail. */
export const auditHead = pgTable('audit_head', {
  id: integer().primaryKey(),
  eventId: bigint('event_id', { mode: 'number' }).notNull(),
  hash: text().notNull(),
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
