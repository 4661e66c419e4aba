/**
 * What every format yields. Records travel in batches of plain text cells, because a million small
 * objects cost more than the parsing: `rows[i][j]` is the text of column `columns[j]`, exactly as the
 * source wrote it (no trimming of amounts, no numbers, no dates).
 */
export const OBJECT_TYPES = [
  'journal_line',
  'period_balance',
  'budget_line',
  'account',
  'cost_centre',
  'project',
  'supplier',
  'customer',
  'entity',
] as const
export type ObjectType = (typeof OBJECT_TYPES)[number]

export const LINE_TYPES = ['journal_line', 'period_balance', 'budget_line'] as const satisfies readonly ObjectType[]
export type LineType = (typeof LINE_TYPES)[number]
export const isLineType = (type: ObjectType): type is LineType => (LINE_TYPES as readonly string[]).includes(type)

export type RecordBatch = {
  readonly kind: 'records'
  readonly objectType: ObjectType
  /** Column names. The same array object for as long as they do not change, so readers can compare by identity. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /**
   * Where each record stands in its artifact, 1-based, in the unit people use for that format:
   * CSV the physical line on which the record starts, XLSX the row of the sheet, XML and JSON the
   * ordinal among records of the same object type.
   */
  readonly positions: readonly number[]
  /** Where the record after these begins. Only of formats, and at places, where a reading may begin anew. */
  readonly next?: Mark | undefined
}

/** A place at which a reading of an artifact may begin. `position` in the unit of the format. */
export type Mark = { readonly position: number; readonly byteOffset: number }

/** What a source states about itself. Amounts are decimal strings, never numbers. */
export type Claim =
  | {
      readonly kind: 'total'
      readonly measure: 'records' | 'documents' | 'debit' | 'credit' | 'net'
      readonly objectType: ObjectType
      readonly value: string
      /** ISO 4217, or null for counts and where the source does not say. */
      readonly currency: string | null
      /** The source's own name for it: NumberOfEntries, trailer, total_count... */
      readonly statedAs: string
    }
  | {
      /** opening + movement of the account's lines in this load = closing. Debit positive. */
      readonly kind: 'roll_forward'
      readonly account: string
      readonly opening: string
      readonly closing: string
      readonly currency: string | null
      readonly statedAs: string
    }

export type ClaimBatch = { readonly kind: 'claims'; readonly claims: readonly Claim[] }
export type Parsed = RecordBatch | ClaimBatch
