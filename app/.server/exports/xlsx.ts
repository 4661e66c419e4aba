import writeXlsxFile, { type SheetData } from 'write-excel-file/node'
import { harmless } from '#server/platform/harmless.ts'
import { cellOf } from '#server/platform/xlsx-cell.ts'
import { asDownload } from '../csv.ts'
import type { Export, ExportCell, Provenance } from './shape.ts'

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

const headWords = (head: string) => `${head.charAt(0).toUpperCase()}${head.slice(1).replaceAll('_', ' ')}`
