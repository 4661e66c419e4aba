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
  'fx_rate',
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
  | BalanceClaim

/**
 * What a bank statement, or a group or file of them, states: `beside` plus the records between two positions = `value`. Beside the records
 * stand an opening balance, entries that are not booked, lines of the file that are no entry. Money in is positive.
 */
export type BalanceClaim = {
  readonly kind: 'balance'
  readonly measure: BalanceMeasure
  /** Which statement of which account, for people. */
  readonly subject: string
  readonly value: string
  readonly beside: string
  readonly firstPosition: number
  /** Before `firstPosition` where there are no records. */
  readonly lastPosition: number
  readonly currency: string | null
  readonly statedAs: string
}
/** closing and net: signed. gross: amounts without their signs. in, out: of one direction. parts: accounts or groups, which are no records: all that was seen is beside. */
export const BALANCE_MEASURES = ['closing', 'net', 'in', 'out', 'gross', 'records', 'records_in', 'records_out', 'parts'] as const
export type BalanceMeasure = (typeof BALANCE_MEASURES)[number]

/** A statement of a bank, or one page of it: what is known of it beside its entries. Amounts are decimal strings, money in is positive; dates ISO or ''. */
export type BankStatement = {
  readonly account: string
  readonly currency: string
  /** The bank's own name for it, which no other statement of the account has. */
  readonly statement: string
  readonly sequence: number | null
  readonly page: number
  readonly isLastPage: boolean
  readonly openedOn: string
  /** Null where the bank states none. */
  readonly opening: string | null
  readonly closedOn: string
  readonly closing: string | null
  /** The bank says that it sends it once more: COPY, CODU, DUPL; '' where it says nothing. */
  readonly copy: string
  /** A correction takes the place of what was sent before; a deletion leaves nothing of it. */
  readonly standing: 'original' | 'correction' | 'deletion'
  readonly firstPosition: number
  readonly lastPosition: number
  readonly records: number
  /** Entries that are shown and not booked (pending, for information), which are no records. */
  readonly notBooked: number
  readonly notBookedNet: string
  /** Of all it says: the same statement has the same. */
  readonly contentHash: string
}

export type ClaimBatch = { readonly kind: 'claims'; readonly claims: readonly Claim[] }
export type StatementBatch = { readonly kind: 'statements'; readonly statements: readonly BankStatement[] }
export type Parsed = RecordBatch | ClaimBatch | StatementBatch
