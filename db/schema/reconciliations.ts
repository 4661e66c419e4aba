import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
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
import type { MatchDistance, MatchState } from '#server/domain/reconciliation/match-state.ts'
import type { Bucket, ExplanationType, ReconciliationState, SignOffAct } from '#server/domain/reconciliation/state.ts'
import { artifacts } from './artifacts.ts'
import { publications } from './lines.ts'
import { reconciliationDefinitions } from './reconciliation-definitions.ts'

/** One definition for one entity, period and version: what is compared anew whenever a side moves, and what is signed. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    reconciliationId: integer('reconciliation_id').primaryKey().generatedAlwaysAsIdentity(),
    definitionId: integer('definition_id')
      .notNull()
      .references(() => reconciliationDefinitions.definitionId),
    entity: text().notNull(),
    period: text().notNull(),
    version: text().notNull(),
    state: text().$type<ReconciliationState>().notNull(),
    /** The newest comparison, and the certification that stood last. */
    comparisonId: integer('comparison_id'),
    certificationId: integer('certification_id'),
    /** Up to which publication, and when, the sides were last looked at: nothing that is compared moved since the newest comparison. */
    lookedAsOf: integer('looked_as_of').notNull().default(0),
    lookedAt: timestamp('looked_at', { withTimezone: true }).notNull().default(sql`now()`),
    /** Counts what was found and done: who acts on what they saw is told when it has moved since. */
    revision: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('reconciliations_one').on(t.definitionId, t.entity, t.period, t.version),
    index('reconciliations_by_period').on(t.period, t.entity),
  ],
)

/** The sides put beside each other as of a publication. Saved whether they tie or not, never edited. */
export const comparisons = pgTable(
  'comparisons',
  {
    comparisonId: integer('comparison_id').primaryKey().generatedAlwaysAsIdentity(),
    reconciliationId: integer('reconciliation_id')
      .notNull()
      .references(() => reconciliations.reconciliationId),
    definitionVersion: integer('definition_version').notNull(),
    asOf: integer('as_of').notNull(),
    comparedAt: timestamp('compared_at', { withTimezone: true }).notNull(),
    /** More keys differ than are looked into one by one: the rest is unexplained by its sum. */
    isBounded: boolean('is_bounded').notNull(),
    /** Of figures, parts and their items: what was found. */
    foundHash: text('found_hash').notNull(),
  },
  (t) => [index('comparisons_by_reconciliation').on(t.reconciliationId, t.comparisonId)],
)

/** What a side has, per account group and currency: lines, keys and the amount in the common sign, units of the currency. */
export const comparisonFigures = pgTable(
  'comparison_figures',
  {
    comparisonId: integer('comparison_id')
      .notNull()
      .references(() => comparisons.comparisonId),
    side: integer().notNull(),
    accountGroup: text('account_group').notNull(),
    currency: text().notNull(),
    lines: bigint({ mode: 'number' }).notNull(),
    keys: bigint({ mode: 'number' }).notNull(),
    amount: numeric().notNull(),
  },
  (t) => [primaryKey({ columns: [t.comparisonId, t.side, t.accountGroup, t.currency] })],
)

/** A part of the difference of a side to the first: signed, side minus first, in units of the currency. */
export const comparisonParts = pgTable(
  'comparison_parts',
  {
    comparisonId: integer('comparison_id')
      .notNull()
      .references(() => comparisons.comparisonId),
    part: integer().notNull(),
    side: integer().notNull(),
    accountGroup: text('account_group').notNull(),
    currency: text().notNull(),
    bucket: text().$type<Bucket>().notNull(),
    key: text().notNull(),
    amount: numeric().notNull(),
    /** Keys the side has more than the first: -1 a missing record, 0 another amount. */
    keys: integer().notNull(),
    because: jsonb().$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.comparisonId, t.part] })],
)

/** The lines, or rejected records, that a part is made of. */
export const comparisonItems = pgTable(
  'comparison_items',
  {
    comparisonId: integer('comparison_id').notNull(),
    part: integer().notNull(),
    side: integer().notNull(),
    kind: text().$type<'line' | 'rejected'>().notNull(),
    itemId: bigint('item_id', { mode: 'number' }).notNull(),
    /** In the common sign. Of evidence found outside the slice it is not part of the sum. */
    amount: numeric().notNull(),
    isEvidence: boolean('is_evidence').notNull(),
  },
  (t) => [index('comparison_items_by_part').on(t.comparisonId, t.part)],
)

/** Lines of both sides that belong together although their keys do not say so: by a rule, or because a person said so. */
export const comparisonMatches = pgTable(
  'comparison_matches',
  {
    comparisonId: integer('comparison_id')
      .notNull()
      .references(() => comparisons.comparisonId),
    match: integer().notNull(),
    side: integer().notNull(),
    state: text().$type<MatchState>().notNull(),
    /** Empty where a person joined them. */
    rule: text().notNull(),
    currency: text().notNull(),
    /** Side minus first. */
    difference: numeric().notNull(),
    /** How far apart they are, and how much farther the next best candidate is; null: there is none. */
    distance: jsonb().$type<MatchDistance>(),
    margin: jsonb().$type<MatchDistance>(),
  },
  (t) => [primaryKey({ columns: [t.comparisonId, t.match] })],
)

export const comparisonMatchLines = pgTable(
  'comparison_match_lines',
  {
    comparisonId: integer('comparison_id').notNull(),
    match: integer().notNull(),
    side: integer().notNull(),
    lineId: bigint('line_id', { mode: 'number' }).notNull(),
    amount: numeric().notNull(),
  },
  (t) => [primaryKey({ columns: [t.comparisonId, t.match, t.lineId] })],
)

/** What a person said of lines: that they belong together, or that they do not. Never edited; taken back by its act as a whole. */
export const matchActs = pgTable(
  'match_acts',
  {
    actId: integer('act_id').primaryKey().generatedAlwaysAsIdentity(),
    reconciliationId: integer('reconciliation_id')
      .notNull()
      .references(() => reconciliations.reconciliationId),
    kind: text().$type<'joined' | 'parted'>().notNull(),
    firstLineIds: bigint('first_line_ids', { mode: 'number' }).array().notNull(),
    otherLineIds: bigint('other_line_ids', { mode: 'number' }).array().notNull(),
    actedBy: text('acted_by').notNull(),
    actedAt: timestamp('acted_at', { withTimezone: true }).notNull(),
    undoneBy: text('undone_by'),
    undoneAt: timestamp('undone_at', { withTimezone: true }),
  },
  (t) => [index('match_acts_by_reconciliation').on(t.reconciliationId)],
)

/** What a person says of an unexplained key. Counts for as long as the key is there; what it does not cover stays unexplained. */
export const explanations = pgTable(
  'explanations',
  {
    explanationId: integer('explanation_id').primaryKey().generatedAlwaysAsIdentity(),
    reconciliationId: integer('reconciliation_id')
      .notNull()
      .references(() => reconciliations.reconciliationId),
    side: integer().notNull(),
    accountGroup: text('account_group').notNull(),
    currency: text().notNull(),
    key: text().notNull(),
    type: text().$type<ExplanationType>().notNull(),
    amount: numeric().notNull(),
    text: text().notNull(),
    evidenceId: integer('evidence_id').references(() => evidence.evidenceId),
    explainedBy: text('explained_by').notNull(),
    explainedAt: timestamp('explained_at', { withTimezone: true }).notNull().default(sql`now()`),
    withdrawnBy: text('withdrawn_by'),
    withdrawnAt: timestamp('withdrawn_at', { withTimezone: true }),
  },
  (t) => [index('explanations_by_reconciliation').on(t.reconciliationId)],
)

/**
 * A file that supports an explanation or a sign-off. Its bytes are an artifact. Its hash is in the seal: missing and changed are told
 * apart. Never edited; who withdraws it keeps it from what is signed next, and it stays.
 */
export const evidence = pgTable(
  'evidence',
  {
    evidenceId: integer('evidence_id').primaryKey().generatedAlwaysAsIdentity(),
    reconciliationId: integer('reconciliation_id')
      .notNull()
      .references(() => reconciliations.reconciliationId),
    artifactId: integer('artifact_id')
      .notNull()
      .references(() => artifacts.artifactId),
    name: text().notNull(),
    mediaType: text('media_type').notNull(),
    addedBy: text('added_by').notNull(),
    addedAt: timestamp('added_at', { withTimezone: true }).notNull().default(sql`now()`),
    withdrawnBy: text('withdrawn_by'),
    withdrawnAt: timestamp('withdrawn_at', { withTimezone: true }),
  },
  (t) => [index('evidence_by_reconciliation').on(t.reconciliationId)],
)

/** One person's statement about one comparison. Never edited; who may make it is checked by a trigger as well. */
export const signOffs = pgTable(
  'sign_offs',
  {
    signOffId: integer('sign_off_id').primaryKey().generatedAlwaysAsIdentity(),
    reconciliationId: integer('reconciliation_id')
      .notNull()
      .references(() => reconciliations.reconciliationId),
    comparisonId: integer('comparison_id')
      .notNull()
      .references(() => comparisons.comparisonId),
    act: text().$type<SignOffAct>().notNull(),
    signedBy: text('signed_by').notNull(),
    /** The version of the definition whose rule signs; null: a person does. */
    ruleVersion: integer('rule_version'),
    comment: text().notNull(),
    signedAt: timestamp('signed_at', { withTimezone: true }).notNull(),
  },
  (t) => [
    index('sign_offs_by_reconciliation').on(t.reconciliationId, t.signOffId),
    check('sign_offs_act', sql`act in ('prepared', 'certified', 'rejected')`),
    check('sign_offs_rule', sql`(rule_version is null) = (signed_by not like 'service:%')`),
    check('sign_offs_rejected_says_why', sql`act <> 'rejected' or length(trim(comment)) >= 5`),
  ],
)

/** The standing result of the sign-offs, sealed. What was sealed is never edited: later change supersedes it. */
export const certifications = pgTable(
  'certifications',
  {
    certificationId: integer('certification_id').primaryKey().generatedAlwaysAsIdentity(),
    reconciliationId: integer('reconciliation_id')
      .notNull()
      .references(() => reconciliations.reconciliationId),
    comparisonId: integer('comparison_id')
      .notNull()
      .references(() => comparisons.comparisonId),
    asOf: integer('as_of')
      .notNull()
      .references(() => publications.publication),
    /** Canonical JSON, and its SHA-256. */
    seal: text().notNull(),
    sealHash: text('seal_hash').notNull(),
    isAutomatic: boolean('is_automatic').notNull(),
    certifiedAt: timestamp('certified_at', { withTimezone: true }).notNull(),
    supersededAt: timestamp('superseded_at', { withTimezone: true }),
    /** The comparison that found what moved. */
    supersededBy: integer('superseded_by'),
  },
  (t) => [
    index('certifications_by_reconciliation').on(t.reconciliationId, t.certificationId),
    uniqueIndex('certifications_one_standing').on(t.reconciliationId).where(sql`superseded_at is null`),
    // Few seals name files, and only these are opened to see whether the files are still there.
    index('certifications_with_evidence').on(t.reconciliationId).where(sql`jsonb_array_length(seal::jsonb -> 'evidence') > 0`),
    check('certifications_superseded', sql`(superseded_at is null) = (superseded_by is null)`),
  ],
)
