import { sql } from 'drizzle-orm'
import { check, date, index, integer, jsonb, numeric, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { FailureCode } from '#server/domain/failure-names/said.ts'
import type { RoutingRule } from '#server/domain/routing.ts'
import type { Ending } from '#server/domain/triage.ts'
import { exceptions } from './exceptions.ts'
import { systems } from './systems.ts'

/**
 * Records that wait, by run, slice and the exceptions they wait behind: the rollup of the standing rejections. A record with two reasons
 * is in one row with both, so sums over any set of exceptions count it once. Amounts in units of the currency, absolute. Written again
 * from the rows in every transaction that moves them; `verify` recomputes it.
 */
export const waitingRecords = pgTable(
  'waiting_records',
  {
    runId: integer('run_id').notNull(),
    /** Every exception that lists these records. */
    exceptionIds: integer('exception_ids').array().notNull(),
    /** All that must be mended before they pass: a record of a document that is taken whole waits for its other lines as well. */
    needs: integer().array().notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    records: integer().notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
  },
  (t) => [
    index('waiting_records_by_run').on(t.runId), // Not put off: each reader would go through what is put off.
    index('waiting_records_by_exception').using('gin', t.exceptionIds).with({ fastupdate: false }),
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
    /** Records that waited when it was approved: what it was agreed for. More of them, and it is taken up again. */
    covers: integer(),
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

/**
 * What IT said a failure of a system is, by its exact code or its whole phrase. Never edited: withdrawn, and another one made. How often it
 * matched is counted in attempts.
 */
export const classificationRules = pgTable(
  'classification_rules',
  {
    ruleId: integer('rule_id').primaryKey().generatedAlwaysAsIdentity(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    match: text().$type<'code' | 'phrase'>().notNull(),
    value: text().notNull(),
    /** The name it gives; the class follows from it. */
    code: text().$type<FailureCode>().notNull(),
    reason: text().notNull(),
    /** The exception somebody looked at when it was made. */
    exceptionId: integer('exception_id')
      .notNull()
      .references(() => exceptions.exceptionId),
    createdBy: text('created_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
    withdrawnBy: text('withdrawn_by'),
    withdrawnAt: timestamp('withdrawn_at', { withTimezone: true }),
    withdrawnReason: text('withdrawn_reason'),
  },
  (t) => [
    uniqueIndex('classification_rules_one_in_force').on(t.systemId, t.match, t.value).where(sql`withdrawn_at is null`),
    check('classification_rules_match', sql`match in ('code', 'phrase')`),
    check(
      'classification_rules_withdrawn',
      sql`(withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_reason is null)`,
    ),
  ],
)
