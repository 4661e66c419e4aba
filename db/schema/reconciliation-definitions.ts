import { sql } from 'drizzle-orm'
import { check, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'

export const reconciliationDefinitions = pgTable('reconciliation_definitions', {
  definitionId: integer('definition_id').primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull().unique(),
  currentVersion: integer('current_version').notNull(),
})

export const reconciliationVersions = pgTable(
  'reconciliation_versions',
  {
    definitionId: integer('definition_id')
      .notNull()
      .references(() => reconciliationDefinitions.definitionId),
    version: integer().notNull(),
    definition: jsonb().$type<ReconciliationDefinition>().notNull(),
    definitionHash: text('definition_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().default(sql`now()`),
    /** What a second person approved; null where nothing of it loosens control. */
    proposalId: integer('proposal_id')
      .unique()
      .references(() => reconciliationProposals.proposalId),
  },
  (t) => [primaryKey({ columns: [t.definitionId, t.version] })],
)

/** A definition that loosens control, until a second person decides. The newest that waits takes the place of one that waits. */
export const reconciliationProposals = pgTable(
  'reconciliation_proposals',
  {
    proposalId: integer('proposal_id').primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    /** What it is to follow; 0: it is new. */
    baseVersion: integer('base_version').notNull(),
    definition: jsonb().$type<ReconciliationDefinition>().notNull(),
    definitionHash: text('definition_hash').notNull(),
    /** Paths of the settings that loosen, as the database found. */
    loosens: text().array().notNull(),
    proposedBy: text('proposed_by').notNull(),
    proposedAt: timestamp('proposed_at', { withTimezone: true }).notNull(),
    answer: text().$type<'approved' | 'declined' | 'superseded'>(),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decisionReason: text('decision_reason'),
  },
  (t) => [
    uniqueIndex('reconciliation_proposals_one_waits').on(t.name).where(sql`answer is null`),
    check('reconciliation_proposals_answer', sql`answer in ('approved', 'declined', 'superseded')`),
    check('reconciliation_proposals_four_eyes', sql`decided_by <> proposed_by`),
    check('reconciliation_proposals_decided', sql`(coalesce(answer, 'superseded') = 'superseded') = (decided_by is null)`),
  ],
)
