import type { SheetData } from 'write-excel-file/node'
import { harmless, harmlessCode } from './harmless.ts'

/** 10,000 lines of 24 columns. It is put together in memory: 600,000 cells took 540 MB and 4.7 s, too much beside the pages. */
export const XLSX_CELLS_MAX = 240_000

/** `plain`: a date or a code of ours; `text`: whatever somebody wrote. */
export type CellKind = 'text' | 'plain' | 'count' | 'amount'

export const AMOUNT_FORMAT = '#,##0.00;(#,##0.00)'
const COUNT_FORMAT = '#,##0'
/** A double keeps fifteen digits whatever they are; an amount with more stays text, exactly as it is. */
const DIGITS_MAX = 15

export function cellOf(cell: string | number | null, kind: CellKind): SheetData[number][number] {
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
