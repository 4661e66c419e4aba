import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, numeric, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { CorrectionState } from '#server/domain/correction.ts'
import type { LineField } from '#server/domain/job.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { runs } from './runs.ts'
import { jobs } from './systems.ts'

/**
 * What a person said a field of a source record is to be read as. Lies over the record, whichever artifact brings it, for as long as
 * the source still says `found`; the artifact stays as it is. Never edited or removed: decided, or withdrawn and another one made.
 */
export const corrections = pgTable(
  'corrections',
  {
    correctionId: integer('correction_id').primaryKey().generatedAlwaysAsIdentity(),
    /** Keys, columns and texts are as this job reads them; another job of the system reads them its own way. */
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    sourceKey: text('source_key').notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    field: text().$type<LineField>().notNull(),
    /** The text of the source, and the text to be read instead, both before any mapping. */
    found: text().notNull(),
    corrected: text().notNull(),
    reason: text().notNull(),
    /** The rejected record somebody looked at, and the exceptions it waited behind. */
    rejectedId: bigint('rejected_id', { mode: 'number' }).notNull(),
    exceptionIds: integer('exception_ids').array().notNull(),
    /** Of the record as it was received, and as it is read now: who may see and change them both. '' where nobody can tell. */
    entity: text().notNull(),
    correctedEntity: text('corrected_entity').notNull(),
    needsSecondPerson: boolean('needs_second_person').notNull(),
    state: text().$type<CorrectionState>().notNull(),
    /** Counts what people did to it: who acts on what they saw is told when it has moved since. */
    revision: integer().notNull().default(0),
    proposedBy: text('proposed_by').notNull(),
    proposedAt: timestamp('proposed_at', { withTimezone: true }).notNull().default(sql`now()`),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decisionReason: text('decision_reason'),
    withdrawnBy: text('withdrawn_by'),
    withdrawnAt: timestamp('withdrawn_at', { withTimezone: true }),
    withdrawnReason: text('withdrawn_reason'),
  },
  (t) => [
    uniqueIndex('corrections_one_in_force')
      .on(t.jobId, t.sourceKey, t.field, t.found)
      .where(sql`state in ('proposed', 'active')`),
    index('corrections_of_job').on(t.jobId).where(sql`state = 'active'`),
    index('corrections_by_exception').using('gin', t.exceptionIds),
    check('corrections_state', sql`state in ('proposed', 'active', 'refused', 'withdrawn')`),
    check('corrections_says_another', sql`found <> corrected`),
    // The database's own word for the second person, and for what needs one.
    check(
      'corrections_second_person',
      sql`(decided_by is null or decided_by <> proposed_by) and (state <> 'active' or not needs_second_person or decided_by is not null)`,
    ),
    check(
      'corrections_money_needs_two',
      sql`needs_second_person or field not in ('entity', 'period', 'version', 'currency', 'debit', 'credit', 'amount', 'posted_on', 'effective_on')`,
    ),
    check(
      'corrections_withdrawn',
      sql`(state = 'withdrawn') = (withdrawn_by is not null) and (withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_reason is null) = (withdrawn_by is null)`,
    ),
  ],
)

/**
 * A record that was read with at least one correction: what the source said of it, and what was judged instead. Totals of the
 * checkpoint 'corrected', and claims of the source, are computed from these rows.
 */
export const correctedRecords = pgTable(
  'corrected_records',
  {
    /** The id its line, or the rejected record, was given. */
    recordId: bigint('record_id', { mode: 'number' }).primaryKey(),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    loadId: integer('load_id').notNull(),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    sourceKey: text('source_key').notNull(),
    correctionIds: integer('correction_ids').array().notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    account: text().notNull(),
    document: text(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    correctedEntity: text('corrected_entity').notNull(),
    correctedPeriod: text('corrected_period').notNull(),
    correctedVersion: text('corrected_version').notNull(),
    correctedCurrency: text('corrected_currency').notNull(),
    correctedDebit: numeric('corrected_debit').notNull(),
    correctedCredit: numeric('corrected_credit').notNull(),
  },
  (t) => [index('corrected_records_by_run').on(t.runId), index('corrected_records_by_place').on(t.artifactId, t.position)],
)

/** What the source said each time a record of a correction was read; where it is not what was found, nothing was corrected. */
export const correctionReadings = pgTable(
  'correction_readings',
  {
    correctionId: integer('correction_id')
      .notNull()
      .references(() => corrections.correctionId),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    says: text().notNull(),
    isApplied: boolean('is_applied').notNull(),
  },
  (t) => [
    index('correction_readings_by_correction').on(t.correctionId, t.runId),
    index('correction_readings_by_run').on(t.runId),
    index('correction_readings_by_place').on(t.artifactId, t.position),
  ],
)
