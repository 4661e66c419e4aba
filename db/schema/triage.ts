import { sql } from 'drizzle-orm'
import {
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { RoutingRule } from '#server/domain/routing.ts'
import type { Ending } from '#server/domain/triage.ts'
import { exceptions } from './exceptions.ts'

/**
 * What waits behind an exception, by the run that found it and the slice: the rollup of its standing rejections. Amounts in units of the
 * currency, absolute. Written again from the rows in every transaction that moves them; `verify` recomputes it.
 */
export const exceptionStakes = pgTable(
  'exception_stakes',
  {
    exceptionId: integer('exception_id')
      .notNull()
      .references(() => exceptions.exceptionId),
    runId: integer('run_id').notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    records: integer().notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.exceptionId, t.runId, t.entity, t.period, t.version, t.currency] }),
    index('exception_stakes_by_run').on(t.runId),
  ],
)

/** A proposal to end an exception without its control passing, and what a second person said to it. */
export const exceptionEndings = pgTable(
  'exception_endings',
  {
    endingId: integer('ending_id').primaryKey().generatedAlwaysAsIdentity(),
    exceptionId: integer('exception_id')
      .notNull()
      .references(() => exceptions.exceptionId),
    ending: text().$type<Ending>().notNull(),
    reason: text().notNull(),
    /** The last day a waiver holds. */
    until: date(),
    proposedBy: text('proposed_by').notNull(),
    proposedAt: timestamp('proposed_at', { withTimezone: true }).notNull().default(sql`now()`),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decision: text().$type<'approved' | 'declined' | 'withdrawn'>(),
    decisionReason: text('decision_reason'),
  },
  (t) => [
    uniqueIndex('exception_endings_one_open').on(t.exceptionId).where(sql`decision is null`),
    index('exception_endings_by_exception').on(t.exceptionId, t.endingId),
    // The database's own word for the second person.
    check('exception_endings_second_person', sql`decision is distinct from 'approved' or decided_by <> proposed_by`),
    check('exception_endings_waiver_ends', sql`(ending = 'waived') = (until is not null)`),
  ],
)

export const exceptionNotes = pgTable(
  'exception_notes',
  {
    noteId: integer('note_id').primaryKey().generatedAlwaysAsIdentity(),
    exceptionId: integer('exception_id')
      .notNull()
      .references(() => exceptions.exceptionId),
    author: text().notNull(),
    at: timestamp({ withTimezone: true }).notNull().default(sql`now()`),
    text: text().notNull(),
    /** Sign-ins of those it names with an @. */
    mentions: text().array().notNull().default(sql`'{}'`),
  },
  (t) => [
    index('exception_notes_by_exception').on(t.exceptionId, t.noteId),
    index('exception_notes_by_mention').using('gin', t.mentions),
  ],
)

/** Who gets which exceptions, as versioned data: the newest version holds, none is edited. */
export const routings = pgTable('routings', {
  version: integer().primaryKey(),
  rules: jsonb().$type<readonly RoutingRule[]>().notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
})
