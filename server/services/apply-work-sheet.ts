import { z } from 'zod'
import { findResult } from '#db/queries/commands.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import { readWritten, SEAL_COLUMN, WRITTEN_COLUMNS, type Sealed, type Written } from '#server/domain/work-sheet.ts'
import { xlsx } from '#server/formats/xlsx.ts'
import { requestHash } from '#server/platform/hash.ts'
import { unseal } from '#server/platform/seal.ts'
import { assignExceptions } from './assign-exceptions.ts'
import type { Context } from './context.ts'
import { gradeExceptions } from './grade-exceptions.ts'
import { noteExceptions } from './note-exceptions.ts'
import { proposeEnding } from './propose-ending.ts'
import type { Acted } from './triage/act-on.ts'

export const SHEET_ROWS_MAX = 5_000
const SHEET_BYTES_MAX = 10_000_000

const Seal = z.tuple([z.int().positive(), z.int().nonnegative(), z.string().nullable(), z.enum(SEVERITIES)])

export type ApplyWorkSheet = {
  readonly bytes: AsyncIterable<Uint8Array>
  /** What the rows were sealed with. */
  readonly secret: string
  readonly actor: Actor
}
/** `row`: of the sheet, as a person counts them. */
export type SheetResult = {
  readonly row: number
  readonly exceptionId: number | null
  readonly outcome: 'done' | 'nothing' | 'refused'
  readonly words: string
}

/**
 * A sheet that was taken along, worked on and brought back. Each row is for itself: a row that is not ours, that was touched where it
 * may not be, or whose exception has moved since, is refused and says why. Who brings it is who did it. Throws TechnicalError (file_*)
 * and Refusal (input_invalid) where the file as a whole is not such a sheet.
 */
export async function applyWorkSheet(context: Context, { bytes, secret, actor }: ApplyWorkSheet): Promise<SheetResult[]> {
  const rows = await readRows(bytes)
  const results: SheetResult[] = []
  const seen = new Set<number>()
  for (const { row, cells } of rows) {
    const sealed = sealedIn(secret, cells[SEAL_COLUMN] ?? '')
    if (!sealed) {
      results.push({
        row,
        exceptionId: null,
        outcome: 'refused',
        words: 'this row is not from a sheet of ours, or its seal was touched',
      })
      continue
    }
    const { exceptionId } = sealed
    if (seen.has(exceptionId)) {
      results.push({ row, exceptionId, outcome: 'refused', words: 'this exception stands in the sheet twice' })
      continue
    }
    seen.add(exceptionId)
    const written = readWritten(sealed, writtenIn(cells))
    if (typeof written === 'string') results.push({ row, exceptionId, outcome: 'refused', words: written })
    else results.push({ row, exceptionId, ...(await carryOut(context, sealed, written, actor)) })
  }
  return results
}

async function carryOut(
  context: Context,
  { exceptionId, revision }: Sealed,
  { assignee, severity, waiveUntil, note, reason }: Written,
  actor: Actor,
): Promise<Pick<SheetResult, 'outcome' | 'words'>> {
  const acts: [words: string, act: (seen: { exceptionId: number; revision?: number }) => Promise<Acted>][] = []
  if (assignee !== undefined)
    acts.push([`given to ${assignee ?? 'nobody'}`, (seen) => assignExceptions(context, { exceptions: [seen], assignee, actor })])
  if (severity !== undefined)
    acts.push([`severity ${severity}`, (seen) => gradeExceptions(context, { exceptions: [seen], severity, reason, actor })])
  if (waiveUntil !== undefined)
    acts.push([
      `proposed to be waived until ${waiveUntil}`,
      (seen) => proposeEnding(context, { exceptions: [seen], ending: 'waived', until: waiveUntil, reason, actor }),
    ])
  // A note moves nothing that a second reading of the same row would stumble over.
  const idempotencyKey = `sheet:${requestHash({ exceptionId, revision, note, actor: actor.name })}`
  if (note !== undefined && (await findResult(context.db, idempotencyKey, actor.name)) === null)
    acts.push(['noted', (seen) => noteExceptions(context, { exceptions: [seen], text: note, actor, idempotencyKey })])
  const done: string[] = []
  for (const [words, act] of acts) {
    // The first act is on what the person saw; those after it are on what they made of it.
    const why = await refusalOf(act(done.length === 0 ? { exceptionId, revision } : { exceptionId }))
    if (why) return { outcome: 'refused', words: [...done, why].join('; ') }
    done.push(words)
  }
  if (done.length > 0) return { outcome: 'done', words: done.join('; ') }
  return { outcome: 'nothing', words: note === undefined ? 'nothing was written' : 'this note of yours stands there already' }
}

async function refusalOf(acted: Promise<Acted>): Promise<string | null> {
  try {
    const { results } = await acted
    return results.find(({ outcome }) => outcome !== 'done')?.why ?? null
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

type SheetRow = { readonly row: number; readonly cells: Readonly<Record<string, string>> }

async function readRows(bytes: AsyncIterable<Uint8Array>): Promise<SheetRow[]> {
  const found: SheetRow[] = []
  const settings = xlsx.settings.parse({ maxBytes: SHEET_BYTES_MAX })
  // The kind of object is nothing this file speaks of.
  for await (const parsed of xlsx.read({ bytes, settings, objectType: 'journal_line' })) {
    if (parsed.kind !== 'records') continue
    const columns = parsed.columns.map((column) => column.trim().toLowerCase().replaceAll(' ', '_'))
    const missing = [...WRITTEN_COLUMNS, SEAL_COLUMN].filter((column) => !columns.includes(column))
    if (missing.length > 0)
      throw new Refusal('input_invalid', `the sheet has no column ${missing.join(', ')}: take a new one along`)
    parsed.rows.forEach((cells, index) => {
      found.push({
        row: parsed.positions[index]!,
        cells: Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ''])),
      })
    })
    if (found.length > SHEET_ROWS_MAX) throw new Refusal('input_invalid', `a sheet has at most ${SHEET_ROWS_MAX} rows`)
  }
  return found
}

const writtenIn = (cells: Readonly<Record<string, string>>) => ({
  assignee: cells.assignee ?? '',
  severity: cells.severity ?? '',
  waive_until: cells.waive_until ?? '',
  note: cells.note ?? '',
  reason: cells.reason ?? '',
})

function sealedIn(secret: string, text: string): Sealed | null {
  const { data } = Seal.safeParse(unseal(secret, text))
  if (!data) return null
  const [exceptionId, revision, assignee, severity] = data
  return { exceptionId, revision, assignee, severity }
}
