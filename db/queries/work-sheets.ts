import { and, eq } from 'drizzle-orm'
import type { SheetResult } from '#server/domain/work-sheet.ts'
import type { Queryable, Transaction } from '../client.ts'
import { workSheets } from '../schema/work-sheets.ts'

export type WorkSheet = typeof workSheets.$inferSelect

export async function insertWorkSheet(tx: Transaction, sheet: typeof workSheets.$inferInsert): Promise<number> {
  const [made] = await tx.insert(workSheets).values(sheet).returning({ sheetId: workSheets.sheetId })
  return made!.sheetId
}

/** Whoever brought it is the only one to see it: what is foretold holds for them. */
export async function findWorkSheet(db: Queryable, sheetId: number, broughtBy: string): Promise<WorkSheet | null> {
  const [row] = await db.select().from(workSheets).where(ofPerson(sheetId, broughtBy))
  return row ?? null
}

/** False where it is not theirs, or was confirmed before. */
export async function markConfirmed(tx: Transaction, sheetId: number, broughtBy: string, at: Date): Promise<boolean> {
  const [row] = await tx
    .select({ confirmedAt: workSheets.confirmedAt })
    .from(workSheets)
    .where(ofPerson(sheetId, broughtBy))
    .for('update')
  if (row?.confirmedAt !== null) return false
  await tx.update(workSheets).set({ confirmedAt: at }).where(eq(workSheets.sheetId, sheetId))
  return true
}

export async function saveSheetResults(tx: Transaction, sheetId: number, results: readonly SheetResult[]): Promise<void> {
  await tx.update(workSheets).set({ results }).where(eq(workSheets.sheetId, sheetId))
}

const ofPerson = (sheetId: number, broughtBy: string) => and(eq(workSheets.sheetId, sheetId), eq(workSheets.broughtBy, broughtBy))
