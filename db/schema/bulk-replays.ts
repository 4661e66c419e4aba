import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, jsonb, numeric, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { BulkReplayStatus, ReplayBasis, ReplayResult } from '#server/domain/bulk-replay.ts'
import type { ReplayAsked } from '#server/domain/replay-asked.ts'
import type { ReplayRules } from '#server/domain/run.ts'
import { runs } from './runs.ts'

/** One act over a frozen selection of rejected records: rehearsed first, then carried out by replay runs. */
export const bulkReplays = pgTable(
  'bulk_replays',
  {
    bulkReplayId: integer('bulk_replay_id').primaryKey().generatedAlwaysAsIdentity(),
    status: text().$type<BulkReplayStatus>().notNull(),
    asked: jsonb().$type<ReplayAsked>().notNull(),
    rules: text().$type<ReplayRules>().notNull(),
    /** Records of closed periods are asked for as well: a second person decides. */
    intoClosed: boolean('into_closed').notNull().default(false),
    /** `entity period` that were closed when it was rehearsed; an approved override opens these and no others. */
    closedPeriods: text('closed_periods').array().notNull().default(sql`'{}'`),
    requestedBy: text('requested_by').notNull(),
    entityScope: text('entity_scope').array().notNull(),
    requestedAt: timestamp('requested_at', { withTimezone: true }).notNull().default(sql`now()`),
    /** What the rehearsal was judged by: it is stale when one of them moved. */
    basis: jsonb().$type<ReplayBasis>().notNull(),
    rehearsedAt: timestamp('rehearsed_at', { withTimezone: true }),
    reason: text(),
    confirmedAt: timestamp('confirmed_at', { withTimezone: true }),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decisionReason: text('decision_reason'),
    isApproved: boolean('is_approved'),
    abortedBy: text('aborted_by'),
    abortedAt: timestamp('aborted_at', { withTimezone: true }),
    endedAt: timestamp('ended_at', { withTimezone: true }),
  },
  (t) => [
    index('bulk_replays_by_status').on(t.status, t.bulkReplayId),
    check('bulk_replays_four_eyes', sql`decided_by <> requested_by`),
    check(
      'bulk_replays_approved',
      sql`status not in ('running', 'aborting', 'ended') or cardinality(closed_periods) = 0 or (coalesce(is_approved, false) and decided_by is not null)`,
    ),
  ],
)

/** The runs whose records it selects, or, for a look at what is published, whose publication it rehearses. One replay run each and pass. */
export const bulkReplayRuns = pgTable(
  'bulk_replay_runs',
  {
    bulkReplayId: integer('bulk_replay_id')
      .notNull()
      .references(() => bulkReplays.bulkReplayId),
    originRunId: integer('origin_run_id')
      .notNull()
      .references(() => runs.runId),
    /** Its publication is rehearsed with today's rules; nothing of it is replayed. */
    isPublication: boolean('is_publication').notNull().default(false),
    /** A held load is replayed whole; else only the selected records are. */
    isWhole: boolean('is_whole').notNull(),
    /** The run that asked the source, through any number of replays: so old are its records. */
    rootRunId: integer('root_run_id').notNull(),
    rehearsalRunId: integer('rehearsal_run_id').references(() => runs.runId),
    runId: integer('run_id').references(() => runs.runId),
  },
  (t) => [primaryKey({ name: 'bulk_replay_runs_pk', columns: [t.bulkReplayId, t.originRunId, t.isPublication] })],
)

/** The frozen selection, a row a rejected record; the five results are counted from it. */
export const bulkReplayRecords = pgTable(
  'bulk_replay_records',
  {
    bulkReplayId: integer('bulk_replay_id').notNull(),
    rejectedId: bigint('rejected_id', { mode: 'number' }).notNull(),
    originRunId: integer('origin_run_id').notNull(),
    exceptionId: integer('exception_id').notNull(),
    /** The cause for which it is here. Failing with it again is still failing, with another failing differently. */
    code: text().notNull(),
    field: text().notNull(),
    value: text().notNull(),
    /** Not asked for itself: its document or its load is replayed whole. */
    isWidened: boolean('is_widened').notNull(),
    rehearsed: text().$type<ReplayResult>(),
    rehearsedWhy: text('rehearsed_why'),
    result: text().$type<ReplayResult>(),
    why: text(),
  },
  (t) => [
    primaryKey({ columns: [t.bulkReplayId, t.rejectedId] }),
    index('bulk_replay_records_by_run').on(t.bulkReplayId, t.originRunId),
    index('bulk_replay_records_by_result').on(t.bulkReplayId, t.result, t.rejectedId),
    index('bulk_replay_records_by_exception').on(t.exceptionId),
  ],
)

/** By how much publishing would move the totals of a slice, as the rehearsal found it; of a publication, what its records would say now. */
export const rehearsedTotals = pgTable(
  'rehearsed_totals',
  {
    bulkReplayId: integer('bulk_replay_id').notNull(),
    originRunId: integer('origin_run_id').notNull(),
    isPublication: boolean('is_publication').notNull(),
    objectType: text('object_type').notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    /** Accounts on which a line would come, go or say something else; null where it was rehearsed before they were kept. */
    accounts: text().array(),
    /** Of a publication: records that would say something else, and that would fail, with the larger side of their amounts. */
    changed: bigint({ mode: 'number' }).notNull().default(0),
    changedAmount: numeric('changed_amount').notNull().default('0'),
    failing: bigint({ mode: 'number' }).notNull().default(0),
    failingAmount: numeric('failing_amount').notNull().default('0'),
  },
  (t) => [
    primaryKey({
      name: 'rehearsed_totals_pk',
      columns: [t.bulkReplayId, t.originRunId, t.isPublication, t.objectType, t.entity, t.period, t.version, t.currency],
    }),
  ],
)
