import type { Queryable } from '#db/client.ts'
import { findWorkSheet } from '#db/queries/work-sheets.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { countOutcomes, type SheetOutcome, type SheetResult } from '#server/domain/work-sheet.ts'

const ROWS_PER_PAGE = 200

/** `foretold`: nothing was done. `going`: confirmed, and no result yet. */
export type WorkSheetView = {
  readonly sheetId: number
  readonly name: string
  readonly broughtAt: string
  readonly confirmedAt: string | null
  readonly stage: 'foretold' | 'going' | 'done'
  readonly counts: Readonly<Record<SheetOutcome, number>>
  /** A page of those that are asked for. */
  readonly rows: readonly SheetResult[]
  readonly hasMore: boolean
}

/** A sheet as whoever brought it sees it. Throws Refusal (work_sheet_not_found). */
export async function readWorkSheet(
  db: Queryable,
  {
    sheetId,
    actor,
    outcome,
    after = 0,
  }: { sheetId: number; actor: Actor; outcome?: SheetOutcome | undefined; after?: number | undefined },
): Promise<WorkSheetView> {
  const sheet = await findWorkSheet(db, sheetId, actor.name)
  if (!sheet) throw new Refusal('work_sheet_not_found', `${sheetId}`)
  const { name, broughtAt, confirmedAt, foretold, results } = sheet
  const told = results ?? foretold
  const chosen = told.filter((result) => result.row > after && (outcome === undefined || result.outcome === outcome))
  return {
    sheetId,
    name,
    broughtAt: broughtAt.toISOString(),
    confirmedAt: confirmedAt?.toISOString() ?? null,
    stage: results ? 'done' : confirmedAt ? 'going' : 'foretold',
    counts: countOutcomes(told),
    rows: chosen.slice(0, ROWS_PER_PAGE),
    hasMore: chosen.length > ROWS_PER_PAGE,
  }
}
