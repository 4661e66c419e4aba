import { sql } from 'drizzle-orm'
import { check, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { SheetResult, SheetRow } from '#server/domain/work-sheet.ts'

/** A sheet that somebody brought back: what its rows ask for, what was foretold of each, and what became of it once it was confirmed. */
export const workSheets = pgTable(
  'work_sheets',
  {
    sheetId: integer('sheet_id').primaryKey().generatedAlwaysAsIdentity(),
    /** Of the file. */
    name: text().notNull(),
    broughtBy: text('brought_by').notNull(),
    broughtAt: timestamp('brought_at', { withTimezone: true }).notNull(),
    rows: jsonb().$type<readonly SheetRow[]>().notNull(),
    foretold: jsonb().$type<readonly SheetResult[]>().notNull(),
    /** Since when it is carried out: once. */
    confirmedAt: timestamp('confirmed_at', { withTimezone: true }),
    results: jsonb().$type<readonly SheetResult[]>(),
  },
  () => [check('work_sheets_confirmed', sql`results is null or confirmed_at is not null`)],
)
