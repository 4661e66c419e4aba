import { sql } from 'drizzle-orm'
import { bigint, boolean, check, date, index, integer, numeric, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { runs } from './runs.ts'
import { systems } from './systems.ts'

/**
 * Statements of banks, a row a page, append-only with the as-of rule of lines. One that says what is there already is kept and never
 * becomes current. Amounts in units of the currency, money in positive.
 */
export const bankStatements = pgTable(
  'bank_statements',
  {
    statementId: integer('statement_id').primaryKey().generatedAlwaysAsIdentity(),
    runId: integer('run_id')
      .notNull()
      .references(() => runs.runId),
    loadId: integer('load_id').notNull(),
    artifactId: integer('artifact_id').notNull(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    account: text().notNull(),
    currency: text().notNull(),
    /** The bank's own name for it. */
    statement: text().notNull(),
    sequence: bigint({ mode: 'number' }),
    page: integer().notNull(),
    isLastPage: boolean('is_last_page').notNull(),
    openedOn: date('opened_on'),
    opening: numeric(),
    closedOn: date('closed_on'),
    closing: numeric(),
    copy: text().notNull().default(''),
    standing: text().$type<'original' | 'correction' | 'deletion'>().notNull(),
    /** Where its records stand in the artifact; none between 1 and 0. */
    firstPosition: integer('first_position').notNull(),
    lastPosition: integer('last_position').notNull(),
    records: integer().notNull(),
    notBooked: integer('not_booked').notNull(),
    notBookedNet: numeric('not_booked_net').notNull(),
    contentHash: uuid('content_hash').notNull(),
    outcome: text().$type<StatementOutcome>(),
    loadedAtPub: integer('loaded_at_pub'),
    supersededAtPub: integer('superseded_at_pub'),
  },
  (t) => [
    check('bank_statements_outcome', sql`outcome in ('new', 'repeated', 'corrected', 'deleted', 'altered')`),
    index('bank_statements_by_account').on(t.systemId, t.account, t.statement),
    index('bank_statements_by_load').on(t.loadId),
    uniqueIndex('bank_statements_one_current')
      .on(t.systemId, t.account, t.statement, t.page)
      .where(sql`loaded_at_pub is not null and superseded_at_pub is null`),
  ],
)
export type StatementOutcome = 'new' | 'repeated' | 'corrected' | 'deleted' | 'altered'

/** By which a bank knows its entries, so that one that comes twice is found. `entry`: several records of one entry share its reference. */
export const bankReferences = pgTable(
  'bank_references',
  {
    loadId: integer('load_id').notNull(),
    systemId: integer('system_id').notNull(),
    account: text().notNull(),
    reference: text().notNull(),
    artifactId: integer('artifact_id').notNull(),
    position: integer().notNull(),
    entry: text().notNull(),
  },
  (t) => [
    index('bank_references_by_load').on(t.loadId),
    index('bank_references_by_reference').on(t.systemId, t.account, t.reference),
  ],
)
