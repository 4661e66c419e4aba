import { TechnicalError } from '#server/domain/errors.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { narrativeFacts } from '#server/formats/bank/narrative.ts'
import { closingClaim, StatementWriter, type OnRecord } from '#server/formats/bank/statement-writer.ts'
import { dayOf, shortDate, type TextLine } from '#server/formats/bank/text-lines.ts'
import { unitsOf } from '#server/formats/bank/units.ts'
import { atLine, counted, quoted } from '#server/formats/words.ts'

const FIELD = /^:(\d\d[A-Z]?):(.*)$/s
const BALANCE = /^([CD])(\d{6})([A-Z]{3})([\d,]+)$/
const ENTRY = /^(\d{6})(\d{4})?(RC|RD|C|D)([A-Z])?(\d[\d,]*)([NFS][A-Z0-9]{3})(.*)$/
const NUMBER = /^(\d{1,5})(?:\/(\d{1,5}))?$/
/** A German narrative has at most 6 lines; nobody has this many. */
const MOST_LINES = 200

type Entry = {
  readonly line: number
  readonly lines: string[]
  supplementary: string
  readonly narrative: string[]
  readonly text: string
}

/** Lines of MT940 -> entries and statements. One page of a statement is one message; its two balances say whether it is the first and the last. */
export class Mt940Reader {
  readonly writer: StatementWriter
  /** Of the entry that is being handed on, as it stands in the file. */
  entryText = ''
  private account = ''
  private number: { sequence: number | null; page: number } | null = null
  private entry: Entry | null = null
  private last = ''
  private lastLine = 0
  private continued = 0
  private statements = 0
  private isInText = false

  constructor(objectType: ObjectType, onRecord?: OnRecord) {
    this.writer = new StatementWriter(objectType, onRecord)
  }

  line({ number, text }: TextLine): void {
    this.lastLine = number
    if (text.startsWith('{') || text.startsWith('-}')) return this.block(text, number)
    if (text === '-') return this.endMessage(number)
    const [, tag, value = ''] = FIELD.exec(text) ?? []
    if (tag === undefined) return this.continueField(text, number)
    this.isInText = true
    this.continued = 0
    this.field(tag, value, number)
    this.last = tag
  }

  end(): void {
    if (this.writer.head) throw wrong(this.lastLine, 'the file ends before the closing balance (:62F:); was it cut short?')
    if (this.account !== '') throw wrong(this.lastLine, 'the file ends in the middle of a statement; was it cut short?')
    if (this.statements === 0) throw wrong(this.lastLine, 'no statement stands in the file up to here; is it MT940?')
  }

  /** {1:F01...}{2:I940...}{4: stands before a message, -}{5:...} behind it. */
  private block(text: string, line: number): void {
    if (text.startsWith('-}')) return this.endMessage(line)
    if (this.writer.head) throw wrong(line, 'a new message begins before the closing balance (:62F:) of the one before')
    const [, type] = /\{2:[IO](\d{3})/.exec(text) ?? []
    if (type !== undefined && type !== '940') throw wrong(line, `the message is MT${type}, and MT940 is read here`)
    const [, behind = ''] = /\{4:(.*)$/.exec(text) ?? []
    this.isInText = false
    if (behind.trim() !== '') this.line({ number: line, text: behind.trim() })
  }

  private endMessage(line: number): void {
    if (this.writer.head) throw wrong(line, 'the message ends before the closing balance (:62F:)')
    if (this.account !== '') throw wrong(line, 'the message ends without an opening balance (:60F:)')
    this.isInText = false
    this.last = ''
  }

  private continueField(text: string, line: number): void {
    if (!this.isInText || this.last === '') throw wrong(line, `${quoted(text, 40)} belongs to no field`)
    if (++this.continued > MOST_LINES) throw wrong(line, `the field :${this.last}: has more than ${counted(MOST_LINES, 'line')}`)
    if (this.last === '61' && this.entry) {
      this.entry.supplementary += (this.entry.supplementary === '' ? '' : ' ') + text
      this.entry.lines.push(text)
    } else if (this.last === '86' && this.entry) {
      this.entry.narrative.push(text)
      this.entry.lines.push(text)
    } else if (MAY_GO_ON.has(this.last)) return
    else throw wrong(line, `the field :${this.last}: has only one line, and ${quoted(text, 40)} stands behind it`)
  }

  private field(tag: string, value: string, line: number): void {
    if (tag === '86') return this.narrative(value, line)
    if (this.entry) this.flush()
    if (tag === '20') return this.begin(line)
    if (tag === '25' || tag === '25P') this.account = this.once(this.account, tag, value, line)
    else if (tag === '28C' || tag === '28') this.number = this.numberOf(value, line)
    else if (tag === '60F' || tag === '60M') this.openStatement(value, line)
    else if (tag === '61') this.open61(value, line)
    else if (tag === '62F' || tag === '62M') this.closeStatement(tag, value, line)
    else if (!IGNORED.has(tag)) throw wrong(line, `:${tag}: is no field of MT940`)
  }

  private begin(line: number): void {
    if (this.writer.head) throw wrong(line, 'a new statement begins before the closing balance (:62F:) of the one before')
    if (this.account !== '') throw wrong(line, 'a new statement begins before the opening balance (:60F:) of the one before')
  }

  private once(before: string, tag: string, value: string, line: number): string {
    if (before !== '') throw wrong(line, `:${tag}: stands twice in one statement`)
    if (value.trim() === '') throw wrong(line, `:${tag}: is empty`)
    return value.trim()
  }

  /** 0 is what banks write that count nothing. */
  private numberOf(value: string, line: number): { sequence: number | null; page: number } {
    const [, number, page] = NUMBER.exec(value.trim()) ?? []
    if (number === undefined) throw wrong(line, `the statement number is ${quoted(value, 40)}`)
    return { sequence: Number(number) || null, page: Number(page ?? '1') || 1 }
  }

  private openStatement(value: string, line: number): void {
    if (this.account === '') throw wrong(line, 'the opening balance stands before the account (:25:)')
    if (this.writer.head) throw wrong(line, 'the opening balance stands twice in one statement')
    const { sequence, page } = this.number ?? { sequence: null, page: 1 }
    const { units, currency, on } = this.balance(value, line)
    this.writer.open({
      account: this.account,
      currency,
      // Numbers begin anew each year, and the day alone is not enough for banks that send twice a day.
      statement: sequence === null ? on : `${sequence}/${on}`,
      sequence,
      page,
      isLastPage: true,
      openedOn: on,
      opening: units,
      copy: '',
      standing: 'original',
    })
  }

  private open61(value: string, line: number): void {
    if (!this.writer.head) throw wrong(line, 'an entry (:61:) stands before the opening balance (:60F:)')
    this.entry = { line, lines: [`:61:${value}`], supplementary: '', narrative: [], text: value }
  }

  private narrative(value: string, line: number): void {
    // Behind the closing balance it is about the statement, and nothing that is kept.
    if (!this.entry) {
      if (this.writer.head || this.statements === 0) throw wrong(line, ':86: stands before any entry')
      return
    }
    if (this.last !== '61') throw wrong(line, ':86: stands twice behind one entry')
    this.entry.narrative.push(value)
    this.entry.lines.push(`:86:${value}`)
  }

  private flush(): void {
    const { line, lines, supplementary, narrative, text } = this.entry!
    this.entry = null
    const [, valueOn = '', bookedOn, mark = '', , amount = '', code = '', references = ''] = ENTRY.exec(text) ?? []
    if (valueOn === '') throw wrong(line, `the entry ${quoted(text, 60)} is not built as :61: is`)
    const value = shortDate(valueOn)
    if (value === null) throw wrong(line, `the value date is ${quoted(valueOn)}`)
    const booked = bookedOn === undefined ? value : entryDate(value, bookedOn)
    if (booked === null) throw wrong(line, `the entry date is ${quoted(bookedOn ?? '')}`)
    const units = amount.includes(',') ? unitsOf(amount, ',') : null
    if (units === null) throw wrong(line, `the amount of the entry is ${quoted(amount)}`)
    const [customer = '', ...bank] = references.split('//')
    // A reversed credit is money out, a reversed debit money in.
    const isIn = mark === 'C' || mark === 'RD'
    this.entryText = lines.join('\n')
    const said = narrativeFacts(narrative)
    this.writer.entry(line, isIn ? units : -units, {
      ...said,
      booking_date: booked,
      value_date: value,
      reversal: mark.startsWith('R') ? 'true' : '',
      transaction_code: said.transaction_code ? `${code} ${said.transaction_code}` : code,
      bank_reference: bank.join('//').trim(),
      customer_reference: customer.trim(),
      narrative: [supplementary, said.narrative].filter(Boolean).join('\n'),
    })
  }

  private closeStatement(tag: string, value: string, line: number): void {
    const { writer } = this
    const { head } = writer
    if (!head) throw wrong(line, `:${tag}: stands before the opening balance (:60F:)`)
    const { units, currency, on } = this.balance(value, line)
    if (currency !== head.currency) throw wrong(line, `the statement opens in ${head.currency} and closes in ${currency}`)
    writer.head = { ...head, isLastPage: tag === '62F' }
    const seen = writer.close(units, on)
    writer.claim(seen, closingClaim(head, { opening: head.opening!, closing: units, statedAs: `:${tag}:` }))
    this.statements++
    this.account = ''
    this.number = null
  }

  private balance(value: string, line: number): { units: bigint; currency: string; on: string } {
    const [, mark, date = '', currency = '', amount = ''] = BALANCE.exec(value.trim()) ?? []
    const units = amount.includes(',') ? unitsOf(amount, ',') : null
    if (mark === undefined || units === null) throw wrong(line, `the balance is ${quoted(value, 40)}`)
    const on = shortDate(date)
    if (on === null) throw wrong(line, `the date of the balance is ${quoted(date)}`)
    return { units: mark === 'D' ? -units : units, currency, on }
  }
}

/** An entry date has no year: the nearest to the value date is meant. Null where there is no such day in any of the three. */
export function entryDate(value: string, monthDay: string): string | null {
  const year = Number(value.slice(0, 4))
  const at = Date.parse(value)
  const days = [year - 1, year, year + 1].map((of) => dayOf(`${of}`, monthDay.slice(0, 2), monthDay.slice(2)))
  const found = days.filter((day) => day !== null)
  return found.sort((a, b) => Math.abs(Date.parse(a) - at) - Math.abs(Date.parse(b) - at))[0] ?? null
}

/** Related reference; available balances, today's and to come; what some banks add. */
const IGNORED = new Set(['21', '13D', '64', '65'])
const MAY_GO_ON = new Set(['20', '25P', '86'])

const wrong = (line: number, what: string) => new TechnicalError('file_malformed', `${atLine(line)}: ${what}`)
