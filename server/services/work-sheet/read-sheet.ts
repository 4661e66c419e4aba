import { z } from 'zod'
import { Refusal, TechnicalError, type TechnicalCode } from '#server/domain/errors.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import {
  EXCEPTION_COLUMN,
  readWritten,
  SEAL_COLUMN,
  WRITTEN_COLUMNS,
  type Sealed,
  type SheetRow,
} from '#server/domain/work-sheet.ts'
import { xlsx } from '#server/formats/xlsx.ts'
import { unseal } from '#server/platform/seal.ts'

export const SHEET_ROWS_MAX = 5_000
const SHEET_BYTES_MAX = 10_000_000

const Seal = z.tuple([z.int().positive(), z.int().nonnegative(), z.string().nullable(), z.enum(SEVERITIES)])

type Cells = Readonly<Record<string, string>>

/** The rows as somebody brought them. Throws Refusal (input_invalid) where the file as a whole is not such a sheet, TechnicalError (file_*) where it is too large or hostile. */
export async function readSheet(bytes: AsyncIterable<Uint8Array>, secret: string): Promise<SheetRow[]> {
  const seen = new Set<number>()
  const rows = (await readCells(bytes).catch(refuseOther)).map(({ row, cells }): SheetRow => {
    const sealed = sealedIn(secret, cells[SEAL_COLUMN] ?? '')
    if (!sealed) return { row, sealed, written: 'this row is not from a sheet of ours, or its seal was touched' }
    // Who sorts some columns of a sheet and not the others would else give each answer to another exception.
    const named = (cells[EXCEPTION_COLUMN] ?? '').trim()
    if (named !== `${sealed.exceptionId}`)
      return {
        row,
        sealed,
        written: `it says exception ${named || 'none'} and was exception ${sealed.exceptionId}: were only some columns sorted?`,
      }
    if (seen.has(sealed.exceptionId)) return { row, sealed, written: 'this exception stands in the sheet twice' }
    seen.add(sealed.exceptionId)
    return { row, sealed, written: readWritten(sealed, writtenIn(cells)) }
  })
  if (rows.length === 0) throw new Refusal('input_invalid', 'the sheet has no rows')
  return rows
}

/** What is said of a file of a source sends people to its sender and to the mapping of a job; this one is their own. */
function refuseOther(error: unknown): never {
  if (!(error instanceof TechnicalError) || !NOT_OURS.includes(error.code)) throw error
  throw new Refusal(
    'input_invalid',
    `${error.detail}. Bring the workbook that “Take along to Excel” made, saved as .xlsx, with the names of its columns in the first row`,
  )
}
const NOT_OURS: readonly TechnicalCode[] = ['file_empty', 'file_malformed', 'file_columns_wrong']

async function readCells(bytes: AsyncIterable<Uint8Array>): Promise<{ row: number; cells: Cells }[]> {
  const found: { row: number; cells: Cells }[] = []
  const settings = xlsx.settings.parse({ maxBytes: SHEET_BYTES_MAX })
  // The kind of object is nothing this file speaks of.
  for await (const parsed of xlsx.read({ bytes, settings, objectType: 'journal_line' })) {
    if (parsed.kind !== 'records') continue
    const columns = parsed.columns.map((column) => column.trim().toLowerCase().replaceAll(' ', '_'))
    const missing = [EXCEPTION_COLUMN, ...WRITTEN_COLUMNS, SEAL_COLUMN].filter((column) => !columns.includes(column))
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

const writtenIn = (cells: Cells) => ({
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
