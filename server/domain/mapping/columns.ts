import { TechnicalError } from '../errors.ts'
import type { FieldSource } from '../job.ts'

export type Row = readonly string[]
export type Reader = (row: Row) => string

/** Turns the mapping of one field into a function over a row of these columns. */
export function readerOf(source: Exclude<FieldSource, { calendar: string }>, columns: readonly string[], field: string): Reader {
  if ('value' in source) return () => source.value
  if ('column' in source) {
    const at = indexOf(source.column, columns, field)
    return (row) => row[at]!.trim()
  }
  const places = source.firstOf.map((column) => indexOf(column, columns, field))
  return (row) => {
    for (const at of places) {
      const text = row[at]!.trim()
      if (text !== '') return text
    }
    return ''
  }
}

export const nothing: Reader = () => ''

/** Throws file_columns_wrong, naming what the file does have. */
export function indexOf(column: string, columns: readonly string[], field: string): number {
  const at = columns.indexOf(column)
  if (at !== -1) return at
  const list = columns
    .slice(0, 40)
    .map((name) => `"${name}"`)
    .join(', ')
  throw new TechnicalError(
    'file_columns_wrong',
    `the mapping of ${field} names the column "${column}"; the file has ${list}${columns.length > 40 ? ', …' : ''}`,
  )
}
