import { sql } from 'drizzle-orm'
import { bigint, boolean, date, index, integer, jsonb, numeric, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { FailureClass } from '#server/domain/errors.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { Severity } from '#server/domain/severity.ts'
import type { Team, TriageState } from '#server/domain/triage.ts'
import { runs } from './runs.ts'
import { jobs } from './systems.ts'

/** One a cause, not one a line. Open at most once per fingerprint; comes back as a new one that names the earlier. */
export const exceptions = pgTable(
  'exceptions',
  {
    exceptionId: integer('exception_id').primaryKey().generatedAlwaysAsIdentity(),
    fingerprint: text().notNull(),
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    failureClass: text('failure_class').$type<FailureClass>().notNull(),
    code: text().notNull(),
    /** What the cause is about: dimension and value for a business failure, what was claimed for a control. */
    subject: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** One sentence for a finance person. */
    title: text().notNull(),
    detail: text().notNull(),
    /** Null where what failed is that no run came. */
    openedRunId: integer('opened_run_id').references(() => runs.runId),
    lastRunId: integer('last_run_id').references(() => runs.runId),
    openedAt: timestamp('opened_at', { withTimezone: true }).notNull().default(sql`now()`),
    lastSeenAt: timestamp('last_seen_at', { withTimezone: true }).notNull().default(sql`now()`),
    closedAt: timestamp('closed_at', { withTimezone: true }),
    /** The run in which the control that opened it passed. */
    closedByRunId: integer('closed_by_run_id').references(() => runs.runId),
    previousExceptionId: integer('previous_exception_id'),
    /** Entities it touches; empty where it concerns the job as a whole. */
    entities: text().array().notNull().default(sql`'{}'`),
    /** Control failures: the slices that were judged. Closes only when a later run covers at least these and passes. */
    slices: text().array().notNull().default(sql`'{}'`),
    /** What people made of it. Whether it is fixed is not theirs to say: that is closed_at. */
    state: text().$type<TriageState>().notNull().default('open'),
    team: text().$type<Team>().notNull().default('finance_operations'),
    /** Sign-in of the person who has it. */
    assignee: text(),
    severity: text().$type<Severity>().notNull().default('medium'),
    /** Whose business days its age and its due time count. */
    calendar: text().notNull().default('months'),
    /** The business date it was opened on, in the time zone of that calendar. */
    openedOn: date('opened_on').notNull().default(sql`current_date`),
    dueAt: timestamp('due_at', { withTimezone: true }).notNull().default(sql`now()`),
    /** The routing rule that chose team, person and severity; empty: none did, and the class decided. */
    routedBy: text('routed_by').notNull().default(''),
    waivedUntil: date('waived_until'),
    /** Sign-in of who gave it class and code; null: it has those it was opened with. */
    classifiedBy: text('classified_by'),
    /** The classification rule that named it, or was kept when somebody did. */
    ruleId: integer('rule_id'),
    /** Counts what people did to it: who acts on what they saw is told when it has moved since. */
    revision: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('exceptions_one_open').on(t.fingerprint).where(sql`closed_at is null`),
    index('exceptions_by_state').on(t.failureClass, t.exceptionId),
  ],
)

/** A record that did not pass: its artifact, its position and, in rejections, every reason. */
export const rejectedRecords = pgTable(
  'rejected_records',
  {
    rejectedId: bigint('rejected_id', { mode: 'number' }).primaryKey(),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    sourceKey: text('source_key').notNull(),
    document: text(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    account: text().notNull(),
    /** Zero where the amount itself cannot be read; the reason says so. */
    debit: numeric().notNull(),
    credit: numeric().notNull(),
  },
  (t) => [index('rejected_by_run').on(t.runId, t.rejectedId), index('rejected_by_source').on(t.artifactId, t.position)],
)

export const rejections = pgTable(
  'rejections',
  {
    rejectedId: bigint('rejected_id', { mode: 'number' }).notNull(),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    code: text().notNull(),
    /** The dimension or field, and the value that failed: with the code, the cause. */
    field: text().notNull().default(''),
    value: text().notNull().default(''),
    detail: text().notNull().default(''),
    exceptionId: integer('exception_id'),
    /** A later run judged the same record again; its verdict stands instead of this one. */
    replacedByRunId: integer('replaced_by_run_id'),
  },
  (t) => [
    index('rejections_by_exception').on(t.exceptionId).where(sql`replaced_by_run_id is null`),
    index('rejections_replaced').on(t.exceptionId, t.runId).where(sql`replaced_by_run_id is not null`),
    index('rejections_by_record').on(t.rejectedId),
    index('rejections_by_run').on(t.runId),
  ],
)

/** What a source stated about itself, and what the rows say. difference = claimed - found, in units of the currency. */
export const claims = pgTable(
  'claims',
  {
    claimId: integer('claim_id').primaryKey().generatedAlwaysAsIdentity(),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    artifactId: integer('artifact_id').notNull(),
    kind: text().notNull(),
    measure: text().notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    subject: text().notNull().default(''),
    currency: text(),
    statedAs: text('stated_as').notNull(),
    claimed: numeric().notNull(),
    /** What stands beside the records: of a roll-forward the stated opening, debit positive; of a bank statement see BalanceClaim. */
    opening: numeric(),
    /** The records it is about; null: all of the artifact. */
    firstPosition: integer('first_position'),
    lastPosition: integer('last_position'),
    found: numeric(),
    ties: boolean(),
    exceptionId: integer('exception_id'),
  },
  (t) => [index('claims_by_run').on(t.runId), index('claims_by_exception').on(t.exceptionId)],
)
