import { minorDigitsOf } from '#server/domain/currency.ts'
import { TechnicalError } from '#server/domain/errors.ts'
import type { BankStatement, ObjectType } from '#server/domain/record.ts'
import { Bai2Record, kindOfType, STANDING } from '#server/formats/bank/bai2-record.ts'
import {
  closingClaim,
  nothingSeen,
  seenTogether,
  StatementWriter,
  subjectOf,
  type OnRecord,
  type Seen,
} from '#server/formats/bank/statement-writer.ts'
import { shortDate, type TextLine } from '#server/formats/bank/text-lines.ts'
import { decimalOf, isMinorUnits, unitsFrom } from '#server/formats/bank/units.ts'
import { atLine, counted, quoted } from '#server/formats/words.ts'

export type OwnTypes = Readonly<Record<string, 'credit' | 'debit'>>

/**
 * What is stated at three levels: a file (99), its groups (98), their accounts (49). Each is added up of the one below, as written: a total
 * over currencies of different decimals adds their smallest units. `beside`: amounts that are no records.
 */
type Level = { seen: Seen; beside: bigint; entries: bigint; entryUnits: bigint; lines: number; parts: number }
type Group = Level & {
  readonly asOf: string
  readonly currency: string
  readonly standing: BankStatement['standing']
  readonly isInterim: boolean
}
type Account = Level & { opening: bigint | null; closing: bigint | null; readonly digits: number }

const MOST_LINES = 1_000

/** Records of BAI2 -> entries and statements. One account of a group is one statement, known by its as-of date. */
export class Bai2Reader {
  readonly writer: StatementWriter
  entryText = ''
  private record: Bai2Record | null = null
  private file: Level | null = null
  private fileName = ''
  private group: Group | null = null
  private account: Account | null = null
  private isOver = false
  private lastLine = 0

  constructor(
    objectType: ObjectType,
    private readonly own: OwnTypes,
    onRecord?: OnRecord,
  ) {
    this.writer = new StatementWriter(objectType, onRecord)
  }

  line(line: TextLine): void {
    this.lastLine = line.number
    const [, code] = /^(\d\d),/.exec(line.text) ?? []
    if (code === undefined) throw wrong(line.number, `${quoted(line.text, 40)} begins with no record code`)
    if (code === '88') {
      if (!this.record) throw wrong(line.number, 'a continuation (88) stands before any record')
      if (this.record.lines.length >= MOST_LINES)
        throw wrong(line.number, `a record goes on for more than ${counted(MOST_LINES, 'line')}`)
      this.record.lines.push(line)
      return
    }
    this.flush()
    if (this.isOver) throw wrong(line.number, 'something stands behind the end of the file (99)')
    this.record = new Bai2Record(line)
  }

  end(): void {
    this.flush()
    if (!this.isOver) throw wrong(this.lastLine, 'the file ends before its trailer (99); was it cut short?')
  }

  private flush(): void {
    const { record } = this
    this.record = null
    if (!record) return
    const { code, line } = record
    for (const level of [this.file, this.group, this.account]) if (level) level.lines += record.lines.length
    if (code === '01') this.openFile(record)
    else if (code === '02') this.openGroup(record)
    else if (code === '03') this.openAccount(record)
    else if (code === '16') this.entry(record)
    else if (code === '49') this.closeAccount(record)
    else if (code === '98') this.closeGroup(record)
    else if (code === '99') this.closeFile(record)
    else throw wrong(line, `${code} is no record code of BAI2`)
  }

  private openFile(record: Bai2Record): void {
    if (this.file) throw wrong(record.line, 'a second file header (01) stands in the file')
    const [, , date, , id, , , version] = Array.from({ length: 8 }, () => record.next())
    if (version !== '2') throw wrong(record.line, `the file says version ${quoted(version ?? '')}, and version 2 is read here`)
    this.file = { ...nothing(), lines: record.lines.length }
    this.fileName = `file ${id} of ${date}`
  }

  private openGroup(record: Bai2Record): void {
    if (!this.file || this.group) throw wrong(record.line, 'a group (02) begins where none can')
    const [, , status, date, , currency, modifier] = Array.from({ length: 7 }, () => record.next())
    if (status === '4') {
      throw new TechnicalError('file_is_test', `${atLine(record.line)}: the bank marks this group as a test (status 4)`)
    }
    const standing = STANDING[status ?? '']
    if (!standing) throw wrong(record.line, `the group status is ${quoted(status ?? '')}`)
    const asOf = shortDate(date ?? '')
    if (asOf === null) throw wrong(record.line, `the as-of date is ${quoted(date ?? '')}`)
    if (modifier && !/^[1-4]$/.test(modifier)) throw wrong(record.line, `the as-of modifier is ${quoted(modifier)}`)
    const isInterim = modifier === '1' || modifier === '3'
    this.group = { ...nothing(), lines: record.lines.length, asOf, currency: currency || 'USD', standing, isInterim }
  }

  private openAccount(record: Bai2Record): void {
    const { group } = this
    if (!group || this.account) throw wrong(record.line, 'an account (03) begins where none can')
    const number = record.next() ?? ''
    const currency = record.next() || group.currency
    const digits = minorDigitsOf(currency)
    if (number === '' || number.length > LONGEST_NAME) throw wrong(record.line, `the account is ${quoted(number, 40)}`)
    if (digits === undefined) throw wrong(record.line, `the currency is ${quoted(currency)}, which ISO 4217 does not know`)
    this.account = { ...nothing(), lines: record.lines.length, opening: null, closing: null, digits }
    for (let type = record.next(); type !== null; type = record.next()) this.summary(record, type)
    this.writer.open({
      account: number,
      currency,
      statement: group.isInterim ? `${group.asOf} interim` : group.asOf,
      sequence: null,
      page: 1,
      isLastPage: true,
      openedOn: group.asOf,
      opening: this.account.opening,
      copy: '',
      standing: group.standing,
    })
  }

  /** A balance or a sum: type, amount, item count, funds. */
  private summary(record: Bai2Record, type: string): void {
    const account = this.account!
    const [text, count] = [record.next() ?? '', record.next() ?? '']
    this.funds(record)
    if (type === '' && text === '' && count === '') return
    if (!/^\d{3}$/.test(type)) throw wrong(record.line, `${quoted(type, 20)} is no type code`)
    if (count !== '' && !/^\d{1,15}$/.test(count))
      throw wrong(record.line, `the item count of type ${type} is ${quoted(count, 40)}`)
    const amount = text === '' ? 0n : this.amountOf(record, type, text, true)
    account.beside += amount
    if (text === '') return
    if (type === '010') account.opening = this.units(amount)
    if (type === '015') account.closing = this.units(amount)
  }

  /** S has three amounts behind it, V a date and a time, D as many pairs as it says. */
  private funds(record: Bai2Record): { valueOn: string } {
    const type = record.next() ?? ''
    if (!/^[012ZSVD]?$/.test(type)) throw wrong(record.line, `${quoted(type, 20)} is no funds type`)
    const skip = (fields: number) => Array.from({ length: fields }, () => record.next() ?? '')
    if (type === 'S') skip(3)
    if (type === 'D') {
      const times = record.next() ?? ''
      if (!/^\d{1,2}$/.test(times)) throw wrong(record.line, `the number of distributions is ${quoted(times, 20)}`)
      skip(2 * Number(times))
    }
    if (type !== 'V') return { valueOn: '' }
    const [date = ''] = skip(2)
    const valueOn = date === '' ? '' : shortDate(date)
    if (valueOn === null) throw wrong(record.line, `the value date is ${quoted(date)}`)
    return { valueOn }
  }

  private entry(record: Bai2Record): void {
    const { account, group, writer } = this
    if (!account || !group || !writer.head) throw wrong(record.line, 'an entry (16) stands outside an account (03)')
    const type = record.next() ?? ''
    const kind = kindOfType(type)
    const text = record.next() ?? ''
    const amount = text === '' ? 0n : this.amountOf(record, type, text, false)
    const { valueOn } = this.funds(record)
    const [bank, customer] = [record.next() ?? '', record.next() ?? '']
    const narrative = record.rest()
    if (kind === null || kind === 'status') throw wrong(record.line, `${quoted(type, 20)} is no type code of an entry`)
    const direction = kind === 'own' ? this.own[type] : kind
    if (direction === undefined) {
      throw wrong(
        record.line,
        `type ${type} is a loan's or the bank's own: the job says in format.types whether it is credit or debit`,
      )
    }
    const units = this.units(amount)
    const signed = direction === 'debit' ? -units : units
    if (direction === 'note' || group.isInterim || group.standing === 'deletion') {
      account.beside += amount
      writer.leave(direction === 'note' ? 0n : signed)
      return
    }
    account.entries += amount
    account.entryUnits += units
    account.lines -= 1
    this.entryText = record.text
    writer.entry(record.line, signed, {
      booking_date: group.asOf,
      value_date: valueOn,
      transaction_code: type,
      bank_reference: bank,
      customer_reference: customer,
      remittance: narrative,
      narrative,
    })
  }

  private amountOf({ line }: Bai2Record, type: string, text: string, maySign: boolean): bigint {
    const [, sign, digits = ''] = (maySign ? /^([+-]?)(\d+)$/ : /^()(\d+)$/).exec(text) ?? []
    if (!isMinorUnits(digits)) throw wrong(line, `the amount of type ${quoted(type, 20)} is ${quoted(text, 40)}`)
    return sign === '-' ? -BigInt(digits) : BigInt(digits)
  }

  private units(amount: bigint): bigint {
    return unitsFrom(amount, this.account!.digits)
  }

  private closeAccount(record: Bai2Record): void {
    const { account, group, writer } = this
    const head = writer.head
    if (!account || !group || !head) throw wrong(record.line, 'an account trailer (49) stands outside an account (03)')
    const [total, lines] = this.stated(record, 2)
    account.seen = writer.close(account.closing, group.asOf)
    const { opening, closing } = account
    // What is deleted is not there any more, and what is interim has not closed: neither leads anywhere.
    if (opening !== null && closing !== null && group.standing !== 'deletion' && !group.isInterim)
      writer.claim(account.seen, closingClaim(head, { opening, closing, statedAs: '010 and 015' }))
    this.claimLevel(account, { currency: head.currency, subject: subjectOf(head), statedAs: '49' }, { total, lines })
    this.addTo(group, account)
    this.account = null
  }

  private closeGroup(record: Bai2Record): void {
    const { group, file } = this
    if (!group || !file || this.account) throw wrong(record.line, 'a group trailer (98) stands where none can')
    const [total, parts, lines] = this.stated(record, 3)
    this.claimLevel(
      group,
      { currency: group.currency, subject: `group of ${group.asOf}`, statedAs: '98' },
      { total, lines, parts },
    )
    this.addTo(file, group)
    this.group = null
  }

  private closeFile(record: Bai2Record): void {
    const { file } = this
    if (!file || this.group) throw wrong(record.line, 'the trailer of the file (99) stands where none can')
    const [total, parts, lines] = this.stated(record, 3)
    this.claimLevel(file, { currency: '', subject: this.fileName, statedAs: '99' }, { total, lines, parts })
    this.isOver = true
  }

  /** Total, number of parts where there is one, number of records. */
  private stated(record: Bai2Record, fields: 2 | 3): readonly [total: bigint, ...counts: string[]] {
    const [total = '', ...counts] = Array.from({ length: fields }, () => record.next() ?? '')
    const [, sign, digits = ''] = /^([+-]?)(\d{1,18})$/.exec(total) ?? []
    const malformed = digits === '' ? total : counts.find((count) => !/^\d{1,15}$/.test(count))
    if (malformed !== undefined) throw wrong(record.line, `the trailer ${record.code} states ${quoted(malformed, 40)}`)
    return [sign === '-' ? -BigInt(digits) : BigInt(digits), ...counts]
  }

  private claimLevel(
    level: Level,
    { currency, ...of }: { currency: string; subject: string; statedAs: string },
    { total, lines, parts }: { total: bigint; lines: string | undefined; parts?: string | undefined },
  ): void {
    const { writer } = this
    const digits = minorDigitsOf(currency) ?? 2
    // The records say their amounts in units of their currency: what that makes of the sum as written is beside them.
    const beside = unitsFrom(level.beside + level.entries, digits) - level.entryUnits
    const amounts = { value: decimalOf(unitsFrom(total, digits), currency), beside: decimalOf(beside, currency) }
    writer.claim(level.seen, { ...of, measure: 'gross', ...amounts, currency: currency || null })
    writer.claim(level.seen, { ...of, measure: 'records', value: lines ?? '', beside: `${level.lines}`, currency: null })
    if (parts !== undefined)
      writer.claim(level.seen, { ...of, measure: 'parts', value: parts, beside: `${level.parts}`, currency: null })
  }

  private addTo(above: Level, below: Level): void {
    above.seen = seenTogether(above.seen, below.seen)
    above.beside += below.beside
    above.entries += below.entries
    above.entryUnits += below.entryUnits
    above.lines -= below.seen.records
    above.parts++
  }
}

const LONGEST_NAME = 100
const nothing = (): Level => ({ seen: nothingSeen(), beside: 0n, entries: 0n, entryUnits: 0n, lines: 0, parts: 0 })

const wrong = (line: number, what: string) => new TechnicalError('file_malformed', `${atLine(line)}: ${what}`)
