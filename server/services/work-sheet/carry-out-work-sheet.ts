import { findWorkSheet, markConfirmed, saveSheetResults, type WorkSheet } from '#db/queries/work-sheets.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { countOutcomes, type SheetResult } from '#server/domain/work-sheet.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { doSheet, foretellSheet } from './go-through.ts'

export type CarryOutWorkSheet = { readonly sheetId: number; readonly actor: Actor }

/**
 * Does what was foretold of a sheet, and nothing else: a row of which something else is true by now is left as it is and says so. Asked
 * twice it is done once. By whoever brought it. Throws Refusal (work_sheet_not_found).
 */
export async function carryOutWorkSheet(context: Context, { sheetId, actor }: CarryOutWorkSheet): Promise<void> {
  const sheet = await findWorkSheet(context.db, sheetId, actor.name)
  if (!sheet) throw new Refusal('work_sheet_not_found', `${sheetId}`)
  const command = { name: 'carryOutWorkSheet', actor, request: { sheetId } } as const
  const audited = { objectType: 'sheet', objectId: `${sheetId}` }
  const isOurs = await perform(context, command, async (tx) => {
    const result = await markConfirmed(tx, sheetId, actor.name, context.now())
    return { result, entities: [], audit: result ? { action: 'sheet.confirmed', ...audited } : null }
  })
  if (!isOurs) return
  const results = await carryOut(context, sheet, actor)
  await perform(context, command, async (tx) => {
    await saveSheetResults(tx, sheetId, results)
    return { result: null, entities: [], audit: { action: 'sheet.carried_out', ...audited, after: countOutcomes(results) } }
  })
}

async function carryOut(context: Context, { rows, foretold }: WorkSheet, actor: Actor): Promise<SheetResult[]> {
  const now = byRow(await foretellSheet(context, rows, actor))
  const stands = foretold.filter((shown) => shown.outcome === 'done' && now.get(shown.row)?.words === shown.words)
  const wanted = new Set(stands.map(({ row }) => row))
  const done = byRow(
    await doSheet(
      context,
      rows.filter(({ row }) => wanted.has(row)),
      actor,
    ),
  )
  return foretold.map((shown): SheetResult => {
    if (shown.outcome !== 'done') return shown
    return (
      done.get(shown.row) ?? { ...shown, outcome: 'refused', words: `it is not as it was shown: ${now.get(shown.row)?.words}` }
    )
  })
}

const byRow = (results: readonly SheetResult[]) => new Map(results.map((result) => [result.row, result]))
