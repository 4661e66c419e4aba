import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Said } from '#server/domain/failure-names/said.ts'
import type { RunOutcomeSummary, RunProgress, RunStatus, RunTrigger, StageName } from '#server/domain/run.ts'
import { artifacts } from './artifacts.ts'
import { jobs } from './systems.ts'

/** One execution of one job; exactly one outcome. */
export const runs = pgTable(
  'runs',
  {
    runId: integer('run_id').primaryKey().generatedAlwaysAsIdentity(),
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    jobVersion: integer('job_version').notNull(),
    trigger: text().$type<RunTrigger>().notNull(),
    status: text().$type<RunStatus>().notNull(),
    /** What the run was asked to cover; '*' is everything the source has. One active run per job and slice. */
    slice: text().notNull().default('*'),
    /** The run whose stored input a replay reads, or whose publication a rollback withdraws. */
    originRunId: integer('origin_run_id'),
    /** A rehearsal: judged like any other run, publishes nothing, opens and closes no exception. */
    isPreview: boolean('is_preview').notNull().default(false),
    /** The bulk replay that made it. */
    bulkReplayId: integer('bulk_replay_id'),
    /** It reads the selected records of its bulk replay and no others of their artifacts. */
    isPartial: boolean('is_partial').notNull().default(false),
    attempt: integer().notNull().default(0),
    /** Attempts that do not count against the retry policy: those before a person restarted it, those handed back, and those that something published meanwhile sent back. */
    attemptsForgiven: integer('attempts_forgiven').notNull().default(0),
    /** What whoever asked for it may change; a load that goes beyond is held. */
    entityScope: text('entity_scope').array().notNull().default(sql`'{*}'`),
    /** The publication whose reference data (members, mappings) the record rules read; set once, kept on restart. */
    asOfPublication: integer('as_of_publication'),
    /** The mapping version of its system the lines were mapped with; set once, kept on restart and by a replay with the original rules. */
    mappingVersion: integer('mapping_version'),
    /** The due time of the tick that started it. */
    scheduledFor: timestamp('scheduled_for', { withTimezone: true }),
    /** Names of the jobs a blocked run waits for. */
    waitsFor: text('waits_for').array().notNull().default(sql`'{}'`),
    publication: integer(),
    /** Of a load that is held: the run that published it after all, or after which nothing of it is wanted any more. */
    settledByRunId: integer('settled_by_run_id'),
    requestedBy: text('requested_by').notNull(),
    reason: text(),
    /** A replay may put older values over newer ones up to this publication: whoever asked knew of it. Null: over none. */
    overNewerTo: integer('over_newer_to'),
    correlationId: uuid('correlation_id').notNull(),
    workerId: uuid('worker_id'),
    queuedAt: timestamp('queued_at', { withTimezone: true }).notNull().default(sql`now()`),
    /** When a waiting run tries again. */
    dueAt: timestamp('due_at', { withTimezone: true }).notNull().default(sql`now()`),
    startedAt: timestamp('started_at', { withTimezone: true }),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
    /** All deliveries of the source are stored; a restart goes on from here. */
    extractedAt: timestamp('extracted_at', { withTimezone: true }),
    progress: jsonb().$type<RunProgress | null>(),
    progressAt: timestamp('progress_at', { withTimezone: true }),
    summary: jsonb().$type<RunOutcomeSummary>(),
  },
  (t) => [
    // The database's own word for "exactly one active run per job and slice". Previews change nothing and may run beside it.
    uniqueIndex('runs_one_active').on(t.jobId, t.slice).where(sql`status = 'running' and not is_preview`),
    index('runs_by_job').on(t.jobId, t.runId),
    index('runs_by_status').on(t.status, t.runId),
    index('runs_by_origin').on(t.originRunId),
    index('runs_held').on(t.jobId, t.runId).where(sql`status = 'held' and settled_by_run_id is null`),
    index('runs_by_bulk_replay').on(t.bulkReplayId).where(sql`bulk_replay_id is not null`),
  ],
)

/** One try within a run. */
export const attempts = pgTable(
  'attempts',
  {
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    attempt: integer().notNull(),
    workerId: uuid('worker_id').notNull(),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull().default(sql`now()`),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    outcome: text(),
    failureClass: text('failure_class'),
    failureCode: text('failure_code'),
    failureDetail: text('failure_detail'),
    retryAt: timestamp('retry_at', { withTimezone: true }),
    /** What was said, where it has no name or a business one. */
    said: jsonb().$type<Said>(),
    /** The classification rule that named it. */
    ruleId: integer('rule_id'),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.attempt] }),
    index('attempts_unclassified').on(t.runId).where(sql`failure_class = 'unclassified'`),
    index('attempts_by_rule').on(t.ruleId).where(sql`rule_id is not null`),
  ],
)

export const stages = pgTable(
  'stages',
  {
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    attempt: integer().notNull(),
    stage: text().$type<StageName>().notNull(),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    outcome: text(),
    records: bigint({ mode: 'number' }),
  },
  (t) => [primaryKey({ columns: [t.runId, t.attempt, t.stage] })],
)

/** The deliveries of a run in source order; `cursor` is where extraction goes on after this one. */
export const runArtifacts = pgTable(
  'run_artifacts',
  {
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    seq: integer().notNull(),
    artifactId: integer('artifact_id')
      .notNull()
      .references(() => artifacts.artifactId),
    name: text().notNull(),
    cursor: text(),
    receivedAt: timestamp('received_at', { withTimezone: true }).notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.runId, t.seq] }), index('run_artifacts_by_artifact').on(t.artifactId)],
)

/** Who is alive. The session advisory lock on the worker's key is freed by the server the moment the process dies. */
export const workers = pgTable('workers', {
  workerId: uuid('worker_id').primaryKey(),
  lockKey: integer('lock_key').notNull(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull().default(sql`now()`),
  seenAt: timestamp('seen_at', { withTimezone: true }).notNull().default(sql`now()`),
  queueWorkerIds: text('queue_worker_ids').array().notNull().default(sql`'{}'`),
  description: text().notNull(),
})
