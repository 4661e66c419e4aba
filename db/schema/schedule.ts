import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { FeedState, TickOutcome } from '#server/domain/schedule.ts'
import { jobs } from './systems.ts'

/** One due time of one job, decided once by whichever scheduler came first: the key is the decision. */
export const ticks = pgTable(
  'ticks',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    dueAt: timestamp('due_at', { withTimezone: true }).notNull(),
    outcome: text().$type<TickOutcome>().notNull(),
    /** The run it started; null where it was skipped or raised. */
    runId: integer('run_id'),
    decidedAt: timestamp('decided_at', { withTimezone: true }).notNull().default(sql`now()`),
    decidedBy: text('decided_by').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.dueAt] })],
)

/** What was expected of a job by a time, and whether it came. Expected and missing ones are the same row at different times. */
export const feeds = pgTable(
  'feeds',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    /** Data must have been published by then. */
    expectedBy: timestamp('expected_by', { withTimezone: true }).notNull(),
    /** What was published after this counts for it: the expected time before. */
    countsFrom: timestamp('counts_from', { withTimezone: true }).notNull(),
    owner: text().notNull(),
    state: text().$type<FeedState>().notNull(),
    /** The run that brought it. */
    runId: integer('run_id'),
    arrivedAt: timestamp('arrived_at', { withTimezone: true }),
    exceptionId: integer('exception_id'),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.expectedBy] }), index('feeds_by_state').on(t.state, t.expectedBy)],
)
