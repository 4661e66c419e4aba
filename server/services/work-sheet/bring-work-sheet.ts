import { insertWorkSheet } from '#db/queries/work-sheets.ts'
import type { Actor } from '#server/domain/actor.ts'
import { countOutcomes } from '#server/domain/work-sheet.ts'
import type { Context } from '../context.ts'
import { perform, refuseRole } from '../perform.ts'
import { foretellSheet } from './go-through.ts'
import { readSheet } from './read-sheet.ts'

export type BringWorkSheet = {
  /** Of the file. */
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** What the rows were sealed with. */
  readonly secret: string
  readonly actor: Actor
}

/**
 * A sheet that was taken along, worked on and brought back: kept with what would become of each row. Nothing is done before whoever
 * brought it says so (carryOutWorkSheet). Throws TechnicalError (file_*) and Refusal (not_allowed, input_invalid).
 */
export async function bringWorkSheet(
  context: Context,
  { name, bytes, secret, actor }: BringWorkSheet,
): Promise<{ sheetId: number }> {
  refuseRole(actor, 'bringWorkSheet')
  const rows = await readSheet(bytes, secret)
  const foretold = await foretellSheet(context, rows, actor)
  return perform(context, { name: 'bringWorkSheet', actor, request: { name } }, async (tx) => {
    const sheetId = await insertWorkSheet(tx, { name, broughtBy: actor.name, broughtAt: context.now(), rows, foretold })
    const after = { name, ...countOutcomes(foretold) }
    return {
      result: { sheetId },
      entities: [],
      audit: { action: 'sheet.brought', objectType: 'sheet', objectId: `${sheetId}`, after },
    }
  })
}
