import writeXlsxFile from 'write-excel-file/node'
import { cellOf, type CellKind } from '#server/platform/xlsx-cell.ts'
import type { Pack } from './gather-pack.ts'
import { cellsOf, lineColumns, type LinesSeen } from './pack-lines.ts'

const COUNTS = ['line_id', 'run', 'publication', 'position']
const WIDTH: Readonly<Record<CellKind, number>> = { text: 22, plain: 14, count: 12, amount: 20 }

/** The lines for people: every side below the other, the first that fit; lines.csv has all. */
export async function linesSheet(pack: Pack, { rows, sheet }: LinesSeen): Promise<Uint8Array> {
  const { reconciliation, body } = pack
  const columns = lineColumns(pack)
  const kinds = columns.map(kindOf)
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0)
  const words = (value: string) => ({ value, type: String })
  const said =
    sheet.length < all
      ? `The first ${sheet.length.toLocaleString('en')} of ${all.toLocaleString('en')} lines: all of them are in lines.csv`
      : `${all.toLocaleString('en')} lines`
  const heading = `${body.reconciliation.title}, ${reconciliation.entity} ${reconciliation.period} ${reconciliation.version}`
  return writeXlsxFile(
    [
      [{ ...words(heading), fontWeight: 'bold' }],
      [{ ...words(`As of publication ${body.asOfPublication}. ${said}.`), textColor: '#555555' }],
      [],
      columns.map((column, i) => ({
        ...words(headWords(column)),
        fontWeight: 'bold' as const,
        align: kinds[i] === 'amount' ? ('right' as const) : ('left' as const),
        bottomBorderStyle: 'thin' as const,
      })),
      ...sheet.map((line) => cellsOf(line).map((cell, i) => cellOf(cell, kinds[i]!))),
    ],
    { sheet: 'Lines', columns: kinds.map((kind) => ({ width: WIDTH[kind] })), stickyRowsCount: 4, orientation: 'landscape' },
  ).toBuffer()
}

const kindOf = (column: string): CellKind =>
  column === 'amount' ? 'amount' : COUNTS.includes(column) || column === 'date' ? 'plain' : 'text'

const headWords = (column: string) => `${column.charAt(0).toUpperCase()}${column.slice(1).replaceAll('_', ' ')}`
