import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { RollbackAnswer } from '#server/domain/rollback.ts'
import { runs } from './runs.ts'

/** A rollback that would move closed periods: asked for by one person, decided by another. */
export const rollbackRequests = pgTable(
  'rollback_requests',
  {
    requestId: integer('request_id').primaryKey().generatedAlwaysAsIdentity(),
    /** Whose publication is to be withdrawn. */
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    /** `entity period` that were closed when it was asked for; an approval opens these and no others. */
    closedPeriods: text('closed_periods').array().notNull(),
    /** A hash of what it would touch as whoever asked saw it. */
    basis: text().notNull(),
    reason: text().notNull(),
    requestedBy: text('requested_by').notNull(),
    requestedAt: timestamp('requested_at', { withTimezone: true }).notNull(),
    /** Null while it waits. superseded: asked for once more, with what it would touch by then. */
    answer: text().$type<RollbackAnswer>(),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decisionReason: text('decision_reason'),
    /** The run that carried it out. */
    rollbackRunId: integer('rollback_run_id').references(() => runs.runId),
  },
  (t) => [
    uniqueIndex('rollback_requests_one_waits').on(t.runId).where(sql`answer is null`),
    index('rollback_requests_by_run').on(t.runId),
    check('rollback_requests_answer', sql`answer in ('approved', 'declined', 'superseded')`),
    // The database's own word for the second person.
    check('rollback_requests_four_eyes', sql`decided_by <> requested_by`),
    check(
      'rollback_requests_decided',
      sql`(coalesce(answer, 'superseded') = 'superseded') = (decided_by is null) and (rollback_run_id is not null) = (coalesce(answer, '') = 'approved')`,
    ),
  ],
)
