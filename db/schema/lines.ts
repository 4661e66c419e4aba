import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { ObjectType } from '#server/domain/record.ts'
import { runs } from './runs.ts'
import { systems } from './systems.ts'

/**
 * Canonical financial facts, append-only. A line is current at publication P when
 * loaded_at_pub <= P < coalesce(superseded_at_pub, infinity).
 * Partitioned by segment: 0 holds the lines of small loads, a large load is its own segment, filled in
 * its own place without indexes and attached whole when it is published.
 * debit and credit are what the source wrote, in units of the currency; net = debit - credit.
 */
export const lines = pgTable(
  'lines',
  {
    lineId: bigint('line_id', { mode: 'number' }).notNull(),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    systemId: integer('system_id').notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    contentHash: uuid('content_hash').notNull(),
    sourceKey: text('source_key').notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    account: text().notNull(),
    costCentre: text('cost_centre'),
    project: text(),
    counterparty: text(),
    accountingStatus: text('accounting_status').notNull(),
    document: text(),
    description: text(),
    effectiveOn: date('effective_on'),
    postedOn: date('posted_on'),
    segment: integer().notNull(),
    loadedAtPub: integer('loaded_at_pub').notNull(),
    supersededAtPub: integer('superseded_at_pub'),
  },
  (t) => [
    primaryKey({ columns: [t.lineId, t.segment] }),
    index('lines_by_key').on(t.sourceKey),
    index('lines_by_slice').on(t.entity, t.period, t.version, t.currency, t.lineId),
    index('lines_by_end').on(t.supersededAtPub).where(sql`superseded_at_pub is not null`),
  ],
)

/** Dimension members: accounts, cost centres, projects, suppliers, customers, entities. Append-only like lines. */
export const members = pgTable(
  'members',
  {
    memberId: bigint('member_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    loadId: integer('load_id').notNull(),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    dimension: text().$type<ObjectType>().notNull(),
    /** The entity whose member it is; '' where it belongs to all. */
    entity: text().notNull().default(''),
    code: text().notNull(),
    name: text().notNull(),
    validFrom: date('valid_from'),
    validTo: date('valid_to'),
    isActive: boolean('is_active').notNull().default(true),
    currency: text(),
    attributes: jsonb().$type<Record<string, string>>().notNull().default({}),
    sourceKey: text('source_key').notNull(),
    contentHash: uuid('content_hash').notNull(),
    loadedAtPub: integer('loaded_at_pub'),
    supersededAtPub: integer('superseded_at_pub'),
  },
  (t) => [
    index('members_by_key').on(t.systemId, t.dimension, t.sourceKey),
    index('members_by_code').on(t.dimension, t.code),
    index('members_by_load').on(t.loadId),
    index('members_rates').on(t.validFrom, t.code, t.memberId).where(sql`dimension = 'fx_rate'`),
  ],
)

/** What one attempt of a run prepared; becomes current, whole, when it gets a publication. */
export const loads = pgTable('loads', {
  loadId: integer('load_id').primaryKey().generatedAlwaysAsIdentity(),
  runId: integer('run_id')
    .notNull()
    .references(() => runs.runId),
  attempt: integer().notNull(),
  /** The load's own place, load.l<load_id>, while it exists. Line ids lie in [firstLineId, firstLineId + 1e9). */
  firstLineId: bigint('first_line_id', { mode: 'number' }).notNull(),
  hasOwnPlace: boolean('has_own_place').notNull().default(true),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
})

/** The moment a load became current; numbered in order, for ever, without gaps. */
export const publications = pgTable('publications', {
  publication: integer().primaryKey(),
  runId: integer('run_id')
    .notNull()
    .references(() => runs.runId),
  loadId: integer('load_id')
    .notNull()
    .references(() => loads.loadId),
  systemId: integer('system_id').notNull(),
  /** Set when this publication withdrew an earlier one. */
  withdraws: integer(),
  publishedAt: timestamp('published_at', { withTimezone: true }).notNull().default(sql`now()`),
})

/**
 * Unchanged lines, by the stretch: `count` records in a row of one artifact that equal `count` current lines in a row. A file
 * that comes again is one row. What they say is read from the lines: the view all_repeats shows them one by one.
 */
export const repeatSpans = pgTable(
  'repeat_spans',
  {
    loadId: integer('load_id').notNull(),
    artifactId: integer('artifact_id').notNull(),
    firstPosition: integer('first_position').notNull(),
    /** The ids the records themselves were given, in the order of their places. */
    firstRecordId: bigint('first_record_id', { mode: 'number' }).notNull(),
    segment: integer().notNull(),
    firstLineId: bigint('first_line_id', { mode: 'number' }).notNull(),
    count: integer().notNull(),
  },
  (t) => [
    index('repeat_spans_by_place').on(t.loadId, t.artifactId, t.firstPosition),
    index('repeat_spans_by_line').on(t.loadId, t.segment, t.firstLineId),
  ],
)

/**
 * Records that added no line: they equal a current line (unchanged) or another record of the same load (duplicate). Read them
 * through all_repeats: unchanged lines are kept in repeat_spans.
 */
export const repeats = pgTable(
  'repeats',
  {
    loadId: integer('load_id').notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    outcome: text().$type<'unchanged' | 'duplicate'>().notNull(),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    sourceKey: text('source_key').notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
    /** The line it equals; null for a duplicate of a record that was itself rejected. */
    lineId: bigint('line_id', { mode: 'number' }),
  },
  (t) => [index('repeats_by_load').on(t.loadId, t.outcome, t.artifactId, t.position)],
)

/** Totals of a run per checkpoint, computed from rows when the load is proved. debit and credit in units of the currency. */
export const controlTotals = pgTable(
  'control_totals',
  {
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    checkpoint: text().notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    count: bigint({ mode: 'number' }).notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.checkpoint, t.objectType, t.entity, t.period, t.version, t.currency] })],
)

/**
 * The compact rollup behind the totals screen, kept set-based by the publishing transaction and
 * recomputed from the rows by verify. Same as-of rule as lines.
 */
export const sliceTotals = pgTable(
  'slice_totals',
  {
    systemId: integer('system_id').notNull(),
    objectType: text('object_type').$type<ObjectType>().notNull(),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    currency: text().notNull(),
    loadedAtPub: integer('loaded_at_pub').notNull(),
    supersededAtPub: integer('superseded_at_pub'),
    count: bigint({ mode: 'number' }).notNull(),
    debit: numeric().notNull(),
    credit: numeric().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.entity, t.period, t.version, t.currency, t.objectType, t.systemId, t.loadedAtPub] }),
    index('slice_totals_current').on(t.entity, t.period).where(sql`superseded_at_pub is null`),
  ],
)
