import { createHash, type Hash } from 'node:crypto'
import { TechnicalError } from '#server/domain/errors.ts'
import type { BalanceClaim, BankStatement, Claim, ObjectType, Parsed } from '#server/domain/record.ts'
import { decimalOf } from '#server/formats/bank/units.ts'

/** What every bank format says of an entry. The amount is signed: money in is positive, as the ledger has it on the account of the bank. */
export const ENTRY_COLUMNS = [
  'account',
  'currency',
  'statement',
  'sequence',
  'entry',
  'amount',
  'booking_date',
  'value_date',
  'reversal',
  'transaction_code',
  'bank_reference',
  'customer_reference',
  'end_to_end_id',
  'mandate_id',
  'counterparty_name',
  'counterparty_account',
  'counterparty_bank',
  'remittance',
  'creditor_reference',
  'return_reason',
  'narrative',
] as const
export type EntryColumn = (typeof ENTRY_COLUMNS)[number]
type OfStatement = 'account' | 'currency' | 'statement' | 'sequence' | 'entry' | 'amount'
/** What an entry says beside its amount; what is not given is empty. */
export type EntryFacts = Partial<Record<Exclude<EntryColumn, OfStatement>, string>>

export type StatementHead = Pick<
  BankStatement,
  'account' | 'currency' | 'statement' | 'sequence' | 'page' | 'isLastPage' | 'openedOn' | 'copy' | 'standing'
> & { readonly opening: bigint | null }

/** Sums of what was seen, to be compared with what is stated. */
export type Seen = { records: number; firstPosition: number; lastPosition: number }
export type Stated = Pick<BalanceClaim, 'measure' | 'value' | 'beside' | 'subject' | 'currency' | 'statedAs'>

export type OnRecord = (position: number, cells: readonly string[]) => void

const BATCH_ROWS = 1_000
/** Of one file. Each is kept in memory with its claims until the file is read. */
const MOST_STATEMENTS = 20_000
const LONGEST_SUBJECT = 100

/** Entries become records, statements what is known of them: gathered here by every bank format, taken in batches. */
export class StatementWriter {
  /** Of the statement that is open. */
  head: StatementHead | null = null
  notBooked = 0
  notBookedNet = 0n
  /** Of the whole file. */
  records = 0
  private rows: string[][] = []
  private positions: number[] = []
  private claims: Claim[] = []
  private statements: BankStatement[] = []
  private readonly taken: Parsed[] = []
  private seen: Seen = nothingSeen()
  private entries = 0
  private count = 0
  private content: Hash = createHash('sha256')

  constructor(
    private readonly objectType: ObjectType,
    private readonly onRecord?: OnRecord,
  ) {}

  open(head: StatementHead): void {
    if (++this.count > MOST_STATEMENTS) {
      throw new TechnicalError(
        'file_hostile',
        `more than ${MOST_STATEMENTS.toLocaleString('en-GB')} statements stand in one file`,
      )
    }
    this.head = head
    this.seen = nothingSeen()
    this.entries = 0
    this.notBooked = 0
    this.notBookedNet = 0n
    this.content = createHash('sha256')
  }

  /** One record an entry, or one a part of it where it is split into `parts` that add up to it. */
  entry(
    position: number,
    amount: bigint,
    facts: EntryFacts,
    part: { readonly of: number; readonly nth: number } | null = null,
  ): void {
    const head = this.head!
    if (!part || part.nth === 1) this.entries++
    const ordinal = head.page > 1 ? `${head.page}/${this.entries}` : `${this.entries}`
    const own = {
      account: head.account,
      currency: head.currency,
      statement: head.statement,
      sequence: head.sequence === null ? '' : `${head.sequence}`,
      entry: part ? `${ordinal}.${part.nth}` : ordinal,
      amount: decimalOf(amount, head.currency),
    }
    const cells = ENTRY_COLUMNS.map(
      (column) => (column in own ? own[column as OfStatement] : facts[column as keyof EntryFacts]) ?? '',
    )
    this.rows.push(cells)
    this.positions.push(position)
    this.records++
    this.seen.records++
    if (this.seen.firstPosition === 0) this.seen.firstPosition = position
    this.seen.lastPosition = position
    this.content.update(`${cells.join('\u0001')}\n`)
    this.onRecord?.(position, cells)
    if (this.rows.length >= BATCH_ROWS) this.flush()
  }

  /** An entry that is shown and not booked. */
  leave(amount: bigint): void {
    this.notBooked++
    this.notBookedNet += amount
    this.content.update(`not booked ${amount}\n`)
  }

  /** Ends the statement, and says what it saw. */
  close(closing: bigint | null, closedOn: string): Seen {
    const { opening, ...head } = this.head!
    const text = (units: bigint | null) => (units === null ? null : decimalOf(units, head.currency))
    const facts = { ...head, opening: text(opening), closing: text(closing), closedOn, copy: '', standing: '' }
    const seen = this.seen
    this.statements.push({
      ...facts,
      copy: head.copy,
      standing: head.standing,
      ...rangeOf(seen),
      records: seen.records,
      notBooked: this.notBooked,
      notBookedNet: decimalOf(this.notBookedNet, head.currency),
      contentHash: this.content.update(JSON.stringify(facts)).digest('hex').slice(0, 32),
    })
    this.head = null
    return seen
  }

  claim(seen: Seen, stated: Stated): void {
    this.claims.push({ kind: 'balance', ...stated, subject: stated.subject.slice(0, LONGEST_SUBJECT), ...rangeOf(seen) })
  }

  take(isLast: boolean): Parsed[] {
    // A file without a booking is no empty delivery: it says that there was none.
    if (isLast) this.flush(this.records === 0)
    return this.taken.splice(0)
  }

  private flush(isEvenEmpty = false): void {
    const { objectType, rows, positions, claims, statements } = this
    if (rows.length > 0 || isEvenEmpty) this.taken.push({ kind: 'records', objectType, columns: ENTRY_COLUMNS, rows, positions })
    if (claims.length > 0) this.taken.push({ kind: 'claims', claims })
    if (statements.length > 0) this.taken.push({ kind: 'statements', statements })
    this.rows = []
    this.positions = []
    this.claims = []
    this.statements = []
  }
}

export const nothingSeen = (): Seen => ({ records: 0, firstPosition: 0, lastPosition: 0 })

/** Both of one file, `later` behind `earlier`. */
export const seenTogether = (earlier: Seen, later: Seen): Seen => ({
  records: earlier.records + later.records,
  firstPosition: earlier.firstPosition || later.firstPosition,
  lastPosition: later.lastPosition || earlier.lastPosition,
})

/** No position lies between 1 and 0. */
const rangeOf = ({ records, firstPosition, lastPosition }: Seen) =>
  records === 0 ? { firstPosition: 1, lastPosition: 0 } : { firstPosition, lastPosition }

export const closingClaim = (
  of: { account: string; statement: string; currency: string },
  { opening, closing, statedAs }: { opening: bigint; closing: bigint; statedAs: string },
): Stated => ({
  measure: 'closing',
  value: decimalOf(closing, of.currency),
  beside: decimalOf(opening, of.currency),
  subject: subjectOf(of),
  currency: of.currency,
  statedAs,
})

export const subjectOf = ({ account, statement }: { account: string; statement: string }): string => `${account} ${statement}`
