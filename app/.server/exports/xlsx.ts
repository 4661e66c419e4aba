import writeXlsxFile, { type SheetData } from 'write-excel-file/node'
import { asDownload } from '../csv.ts'
import { harmless, harmlessCode } from '../harmless.ts'
import type { Export, ExportCell, ExportColumn, Provenance } from './shape.ts'

/** 10,000 lines of 24 columns. It is put together in memory: 600,000 cells took 540 MB and 4.7 s, too much beside the pages. */
export const XLSX_CELLS_MAX = 240_000

export const AMOUNT_FORMAT = '#,##0.00;(#,##0.00)'
const COUNT_FORMAT = '#,##0'
/** A double keeps fifteen digits whatever they are; an amount with more stays text, exactly as it is. */
const DIGITS_MAX = 15
const WIDTH = { text: 28, plain: 22, count: 12, amount: 20 } as const

type Sheet = Omit<Export, 'rows'> & { readonly rows: readonly (readonly ExportCell[])[]; readonly provenance: Provenance }

export async function xlsxAnswer(fileName: string, sheet: Sheet): Promise<Response> {
  const bytes = await writeXlsxFile(sheetData(sheet), {
    sheet: sheet.title.slice(0, 31),
    columns: sheet.columns.map(({ kind }) => ({ width: WIDTH[kind] })),
    stickyRowsCount: sheet.provenance.length + 3,
    orientation: 'landscape',
  }).toBuffer()
  return new Response(new Uint8Array(bytes), {
    headers: {
      'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Content-Length': `${bytes.byteLength}`,
      ...asDownload(fileName),
    },
  })
}

/** Whose view of what, and when; a line between; then the rows under their heads. */
function sheetData({ title, columns, rows, provenance }: Sheet): SheetData {
  const words = (text: string) => ({ value: text, type: String })
  return [
    [{ ...words(title), fontWeight: 'bold' }],
    ...provenance.map(([label, value]) => [{ ...words(label), textColor: '#555555' }, words(harmless(value))]),
    [],
    columns.map(({ head, kind }) => ({
      ...words(headWords(head)),
      fontWeight: 'bold' as const,
      align: kind === 'amount' || kind === 'count' ? ('right' as const) : ('left' as const),
      bottomBorderStyle: 'thin' as const,
    })),
    ...rows.map((row) => row.map((cell, index) => cellOf(cell, columns[index]!.kind))),
  ]
}

export function cellOf(cell: ExportCell, kind: ExportColumn['kind']): SheetData[number][number] {
  if (cell === null || cell === '') return null
  if (typeof cell === 'number') return { value: cell, type: Number, format: COUNT_FORMAT }
  if (kind === 'amount') {
    const digits = cell.replace(/\D/g, '').replace(/^0+/, '').length
    if (/^-?\d+(\.\d+)?$/.test(cell) && digits <= DIGITS_MAX)
      return { value: Number(cell), type: Number, format: amountFormat(cell) }
    return { value: cell, type: String, align: 'right' }
  }
  // In a cell that is text nothing runs, until somebody edits it or saves the sheet as CSV.
  return { value: kind === 'text' ? harmless(cell) : harmlessCode(cell), type: String }
}

/** The usual form; a currency with no or three decimals keeps its own. */
function amountFormat(amount: string): string {
  const digits = amount.split('.')[1]?.length ?? 0
  if (digits === 2) return AMOUNT_FORMAT
  const form = digits === 0 ? '#,##0' : `#,##0.${'0'.repeat(digits)}`
  return `${form};(${form})`
}

const headWords = (head: string) => `${head.charAt(0).toUpperCase()}${head.slice(1).replaceAll('_', ' ')}`
