import { sql } from 'drizzle-orm'
import { check, date, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'
import type { MappedDimension } from '#server/domain/job.ts'
import type { ProposalState } from '#server/domain/mapping/proposal.ts'
import { systems } from './systems.ts'

/** The mapping of a system is a sequence of versions, each made by approving one proposal. Version 0 maps nothing. */
export const mappingVersions = pgTable(
  'mapping_versions',
  {
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    version: integer().notNull(),
    proposalId: integer('proposal_id').notNull(),
    approvedBy: text('approved_by').notNull(),
    approvedAt: timestamp('approved_at', { withTimezone: true }).notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.systemId, t.version] })],
)

/** Source code -> canonical code from a date on. In force at version V when from_version <= V < coalesce(until_version, infinity). */
export const mappingEntries = pgTable(
  'mapping_entries',
  {
    entryId: integer('entry_id').primaryKey().generatedAlwaysAsIdentity(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    dimension: text().$type<MappedDimension>().notNull(),
    sourceCode: text('source_code').notNull(),
    canonicalCode: text('canonical_code').notNull(),
    /** Business dates of the lines it holds for, both inclusive; null is without end. */
    effectiveFrom: date('effective_from'),
    effectiveTo: date('effective_to'),
    fromVersion: integer('from_version').notNull(),
    untilVersion: integer('until_version'),
  },
  (t) => [index('mapping_entries_by_code').on(t.systemId, t.dimension, t.sourceCode)],
)

/** A change somebody wants and somebody else approves. Never edited: decided once. */
export const mappingProposals = pgTable(
  'mapping_proposals',
  {
    proposalId: integer('proposal_id').primaryKey().generatedAlwaysAsIdentity(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    dimension: text().$type<MappedDimension>().notNull(),
    sourceCode: text('source_code').notNull(),
    /** Null ends the mapping of the source code. */
    canonicalCode: text('canonical_code'),
    effectiveFrom: date('effective_from'),
    effectiveTo: date('effective_to'),
    state: text().$type<ProposalState>().notNull(),
    proposedBy: text('proposed_by').notNull(),
    proposedAt: timestamp('proposed_at', { withTimezone: true }).notNull().default(sql`now()`),
    reason: text().notNull(),
    decidedBy: text('decided_by'),
    decidedAt: timestamp('decided_at', { withTimezone: true }),
    decisionReason: text('decision_reason'),
    /** The mapping version its approval made. */
    version: integer(),
  },
  (t) => [
    // Two people who propose for the same code see each other instead of overtaking each other.
    uniqueIndex('mapping_proposals_one_draft').on(t.systemId, t.dimension, t.sourceCode).where(sql`state = 'draft'`),
    /** What the service says as well (decide-mapping.ts). */
    check('mapping_proposals_four_eyes', sql`decided_by <> proposed_by`),
  ],
)
