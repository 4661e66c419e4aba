import { sql } from 'drizzle-orm'
import { bigint, index, integer, numeric, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { DeliveryStatus, ItemOperation, ItemState } from '#server/domain/delivery.ts'
import { publications } from './lines.ts'
import { runs } from './runs.ts'
import { jobs, systems } from './systems.ts'

/** One target told of one publication. Made in the publishing transaction, carried out afterwards, in the order of publications. */
export const deliveries = pgTable(
  'deliveries',
  {
    deliveryId: integer('delivery_id').primaryKey().generatedAlwaysAsIdentity(),
    publication: integer()
      .notNull()
      .references(() => publications.publication),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    jobVersion: integer('job_version').notNull(),
    /** The name the job gives its target. */
    target: text().notNull(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    status: text().$type<DeliveryStatus>().notNull(),
    /** The delivery whose publication was rolled back by this one's. */
    compensates: integer(),
    attempt: integer().notNull().default(0),
    /** Attempts that do not count against the retry policy: before a person retried it, handed back, throttled. */
    attemptsForgiven: integer('attempts_forgiven').notNull().default(0),
    workerId: uuid('worker_id'),
    correlationId: uuid('correlation_id').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
    /** When a waiting delivery tries again. */
    dueAt: timestamp('due_at', { withTimezone: true }).notNull().default(sql`now()`),
    startedAt: timestamp('started_at', { withTimezone: true }),
    /** When its worker last wrote something of it. */
    seenAt: timestamp('seen_at', { withTimezone: true }),
    /** Its documents are listed. */
    preparedAt: timestamp('prepared_at', { withTimezone: true }),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
    failureCode: text('failure_code'),
    failureDetail: text('failure_detail'),
  },
  (t) => [
    uniqueIndex('deliveries_one_a_target').on(t.publication, t.target),
    // The database's own word for "one delivery at a time to a system".
    uniqueIndex('deliveries_one_active').on(t.systemId).where(sql`status = 'delivering'`),
    index('deliveries_by_job').on(t.jobId, t.target, t.publication),
    index('deliveries_by_status').on(t.status, t.deliveryId),
    index('deliveries_by_run').on(t.runId),
    index('deliveries_by_compensated').on(t.compensates).where(sql`compensates is not null`),
  ],
)

/** A document of a delivery, known by its natural key. What it holds is read from the lines as of its publication. */
export const deliveryItems = pgTable(
  'delivery_items',
  {
    itemId: bigint('item_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    deliveryId: integer('delivery_id')
      .notNull()
      .references(() => deliveries.deliveryId),
    naturalKey: text('natural_key').notNull(),
    operation: text().$type<ItemOperation>().notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    /** Lines of the document as it shall stand, and their sums; nothing of one that is withdrawn. */
    count: integer().notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    contentHash: text('content_hash').notNull(),
    /** The very lines, in the order of their keys. */
    lineIds: bigint('line_ids', { mode: 'number' }).array().notNull(),
    state: text().$type<ItemState>().notNull(),
    attempts: integer().notNull().default(0),
    /** unknown: the target is not asked sooner; it may still be at work on what we sent. */
    askAfter: timestamp('ask_after', { withTimezone: true }),
    /** The target's own number of it. */
    reference: text(),
    /** Why the target did not take it, in its words. */
    refusal: text(),
  },
  (t) => [
    uniqueIndex('delivery_items_by_key').on(t.deliveryId, t.naturalKey),
    index('delivery_items_by_state').on(t.deliveryId, t.state, t.itemId),
    index('delivery_items_by_document').on(t.naturalKey),
    index('delivery_items_by_slice').on(t.entity, t.period, t.version, t.currency),
  ],
)

/** delivered: what the documents add up to that the target says it took. confirmed: what it answered when it was asked for its totals. */
export const deliveryTotals = pgTable(
  'delivery_totals',
  {
    deliveryId: integer('delivery_id')
      .notNull()
      .references(() => deliveries.deliveryId),
    checkpoint: text().$type<'delivered' | 'confirmed'>().notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    at: timestamp({ withTimezone: true }).notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.checkpoint, t.entity, t.period, t.version, t.currency] })],
)
