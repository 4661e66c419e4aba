import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Parsed } from '#server/domain/record.ts'
import { wholeOf } from '#server/formats/bytes.ts'
import type { Format, FormatRequest, LocatedRecord } from '#server/formats/format.ts'
import { isTrailer, rowAfterTrailer, trailerClaims, trailerMissing, trailerSettings } from '#server/formats/trailer.ts'
import { counted, LONGEST_SHOWN, MOST_COLUMNS, quoted, tooManyColumns } from '#server/formats/words.ts'
import { XlsxPackage } from '#server/formats/xlsx-package.ts'
import { atRow, columnName, SheetReader, type SheetRow } from '#server/formats/xlsx-sheet.ts'
import { readWorkbook } from '#server/formats/xlsx-workbook.ts'

export const xlsxSettings = z.strictObject({
  /** The first visible sheet when not given. */
  sheet: z.string().min(1).max(31).optional(),
  headerRow: z.int().min(1).max(1_000).default(1),
  trailer: trailerSettings.optional(),
  maxBytes: z
    .int()
    .min(1)
    .max(512 * 1024 * 1024)
    .default(100 * 1024 * 1024),
})
export type XlsxSettings = z.output<typeof xlsxSettings>

/** An Excel sheet with a header row. Numbers never pass through a float; see xlsx-number.ts. */
export const xlsx: Format<XlsxSettings> = { name: 'xlsx', settings: xlsxSettings, read, locate }

const BATCH_ROWS = 5_000

async function* read(request: FormatRequest<XlsxSettings>): AsyncGenerator<Parsed> {
  const {
    settings: { trailer },
    objectType,
  } = request
  let columns: readonly string[] = []
  let trailerRow: SheetRow | null = null
  let records = 0
  let rows: string[][] = []
  let positions: number[] = []
  for await (const { header, row, cells } of sheetRows(request)) {
    columns = header
    if (row === request.settings.headerRow) continue
    if (trailerRow) throw rowAfterTrailer(atRow(row))
    if (trailer && isTrailer(trailer, cells)) {
      trailerRow = { row, cells }
      continue
    }
    rows.push(fitted(cells, row, header))
    positions.push(row)
    records++
    if (rows.length < BATCH_ROWS) continue
    yield { kind: 'records', objectType, columns, rows, positions }
    rows = []
    positions = []
  }
  // A header alone is handed on too: it must have the columns of the job.
  if (rows.length > 0 || records === 0) yield { kind: 'records', objectType, columns, rows, positions }
  if (!trailer) return
  if (!trailerRow) throw trailerMissing(trailer, counted(records, 'record'))
  const place = atRow(trailerRow.row)
  yield { kind: 'claims', claims: trailerClaims(trailer, trailerRow.cells, { objectType, place }) }
}

async function locate(request: FormatRequest<XlsxSettings> & { readonly position: number }): Promise<LocatedRecord | null> {
  const {
    position,
    settings: { trailer },
  } = request
  for await (const { header, row, cells } of sheetRows(request)) {
    if (row > position) break
    if (row < position || row === request.settings.headerRow) continue
    if (trailer && isTrailer(trailer, cells)) break
    return {
      position,
      text: cells.join('\t').slice(0, LONGEST_SHOWN),
      cells: Array.from({ length: Math.max(cells.length, header.length) }, (_, index) => ({
        column: header[index] ?? `column ${columnName(index + 1)}`,
        value: cells[index] ?? '',
      })),
    }
  }
  return null
}

/** The header, and the rows below it that hold something. */
async function* sheetRows({
  bytes,
  settings: { sheet, headerRow, maxBytes },
}: FormatRequest<XlsxSettings>): AsyncGenerator<SheetRow & { readonly header: readonly string[] }> {
  const parts = await XlsxPackage.open(await wholeOf(bytes, maxBytes))
  const workbook = await readWorkbook(parts, sheet)
  const reader = new SheetReader(workbook, headerRow)
  const sheetName = quoted(workbook.sheetName)
  let header: readonly string[] | null = null
  for await (const _ of parts.read(workbook.sheetPart, reader)) {
    for (const { row, cells } of reader.take()) {
      if (cells.every((cell) => cell.trim() === '')) continue
      if (header) {
        yield { row, cells, header }
        continue
      }
      if (row !== headerRow) {
        throw new TechnicalError('file_columns_wrong', `${atRow(headerRow)} of sheet ${sheetName}, the header, is empty`)
      }
      header = columnsOf(cells, row)
      yield { row, cells, header }
    }
  }
  if (!header) throw new TechnicalError('file_empty', `sheet ${sheetName} has nothing from ${atRow(headerRow)} on`)
}

function columnsOf(cells: readonly string[], row: number): string[] {
  const names = cells.map((cell) => cell.trim())
  while (names.at(-1) === '') names.pop()
  const unnamed = names.indexOf('')
  const wrong = (what: string) => new TechnicalError('file_columns_wrong', `in the header (${atRow(row)}) ${what}`)
  if (unnamed !== -1) throw wrong(`column ${columnName(unnamed + 1)} has no name`)
  if (names.length > MOST_COLUMNS) throw wrong(tooManyColumns(names.length))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrong(`two columns are called ${quoted(twice)}`)
  return names
}

/** Excel leaves out empty cells at the end of a row, and keeps formatted ones beyond the header. */
function fitted(cells: string[], row: number, header: readonly string[]): string[] {
  const surplus = cells.findIndex((cell, index) => index >= header.length && cell !== '')
  if (surplus !== -1) {
    const where = `cell ${columnName(surplus + 1)}${row} holds a value`
    throw new TechnicalError('file_columns_wrong', `${where}, but the header has ${counted(header.length, 'column')}`)
  }
  return Array.from(header, (_, index) => cells[index] ?? '')
}
