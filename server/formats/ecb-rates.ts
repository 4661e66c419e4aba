import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Parsed } from '#server/domain/record.ts'
import { dayOf, textLines } from '#server/formats/bank/text-lines.ts'
import { pieces } from '#server/formats/bytes.ts'
import type { ByteStream, Format, FormatRequest, LocatedRecord, LocateRequest } from '#server/formats/format.ts'
import { atLine, counted, MOST_COLUMNS, quoted } from '#server/formats/words.ts'
import { XmlReader, xmlText } from '#server/formats/xml.ts'

export const ecbRatesSettings = z.strictObject({
  /** What the rates are used as: a bank publishes them for information, the ledger says what for. */
  kind: z
    .string()
    .regex(/^[a-z][a-z-]{0,29}$/)
    .default('closing'),
})
export type EcbRatesSettings = z.output<typeof ecbRatesSettings>

export const RATE_COLUMNS = ['base', 'quote', 'date', 'kind', 'rate', 'source'] as const
const BASE = 'EUR'
const SOURCE = 'ECB'
const BATCH_ROWS = 1_000
const RATE = /^\d{1,12}(\.\d{1,12})?$/
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** Euro reference rates, XML or CSV, of a day or a history. A position is the ordinal of a rate. */
export const ecbRates: Format<EcbRatesSettings> = { name: 'ecb-rates', settings: ecbRatesSettings, read, locate }

async function* read({ bytes, settings, objectType }: FormatRequest<EcbRatesSettings>): AsyncGenerator<Parsed> {
  const batch = new Batch(settings.kind)
  for await (const _ of rowsOf(bytes, batch)) {
    if (batch.rows.length >= BATCH_ROWS) yield { kind: 'records', objectType, columns: RATE_COLUMNS, ...batch.take() }
  }
  if (batch.rows.length > 0 || batch.count === 0) yield { kind: 'records', objectType, columns: RATE_COLUMNS, ...batch.take() }
}

async function locate({ bytes, settings, position }: LocateRequest<EcbRatesSettings>): Promise<LocatedRecord | null> {
  const batch = new Batch(settings.kind)
  for await (const _ of rowsOf(bytes, batch)) {
    const { rows, positions } = batch.take()
    const row = rows[positions.indexOf(position)]
    if (row) return { position, text: row.join(' '), cells: RATE_COLUMNS.map((column, i) => ({ column, value: row[i] ?? '' })) }
  }
  return null
}

class Batch {
  rows: string[][] = []
  count = 0
  private positions: number[] = []

  constructor(private readonly kind: string) {}

  add(quote: string, date: string, rate: string, line: number): void {
    if (!/^[A-Z]{3}$/.test(quote)) throw wrong(line, `the currency is ${quoted(quote, 20)}`)
    if (!RATE.test(rate) || !/[1-9]/.test(rate)) throw wrong(line, `the rate of ${quote} is ${quoted(rate, 40)}`)
    this.rows.push([BASE, quote, date, this.kind, rate, SOURCE])
    this.positions.push(++this.count)
  }

  take(): { rows: string[][]; positions: number[] } {
    const { rows, positions } = this
    this.rows = []
    this.positions = []
    return { rows, positions }
  }
}

/** Feeds the batch; yields after every piece. XML begins with a bracket, CSV with a word. */
async function* rowsOf(bytes: ByteStream, batch: Batch): AsyncGenerator<void> {
  const whole = pieces(bytes)
  const first = await whole.next()
  if (first.done) throw new TechnicalError('file_empty', 'there is no text in it')
  const start = first.value
  async function* again(): ByteStream & AsyncGenerator<Uint8Array> {
    yield start
    yield* whole
  }
  const isXml = /^(\uFEFF|\u00EF\u00BB\u00BF)?\s*</.test(start.toString('latin1', 0, 200))
  yield* isXml ? ofXml(again(), batch) : ofCsv(again(), batch)
}

async function* ofXml(bytes: ByteStream, batch: Batch): AsyncGenerator<void> {
  let date = ''
  let depth = 0
  let days = 0
  const xml: XmlReader = new XmlReader({
    open(name, { time, currency, rate }) {
      depth++
      if (depth === 1 && name !== 'Envelope')
        throw wrong(xml.line, `this is no file of reference rates: its root element is <${name.slice(0, 40)}>`)
      if (name !== 'Cube') return
      if (time !== undefined) {
        const day = isoDay(time)
        if (day === null) throw wrong(xml.line, `the day of the rates is ${quoted(time, 40)}`)
        date = day
        days++
      }
      if (currency === undefined && rate === undefined) return
      if (date === '') throw wrong(xml.line, 'a rate stands outside its day')
      batch.add(currency ?? '', date, rate ?? '', xml.line)
    },
    close: () => void depth--,
    text: () => undefined,
  })
  for await (const text of xmlText(bytes, () => xml.line)) {
    xml.write(text)
    yield
  }
  if (xml.isBlank) throw new TechnicalError('file_empty', 'there is no text in it')
  xml.end()
  if (days === 0) throw wrong(xml.line, 'no day stands in the file up to here')
  yield
}

/** The daily file has blanks around its cells, a comma behind the last and its date in words; the history has ISO dates and N/A. */
async function* ofCsv(bytes: ByteStream, batch: Batch): AsyncGenerator<void> {
  let header: readonly string[] | null = null
  for await (const lines of textLines(bytes, 'utf-8')) {
    for (const { number, text } of lines) {
      const cells = text
        .replace(/,\s*$/, '')
        .split(',')
        .map((cell) => cell.trim())
      if (!header) {
        header = cells
        if (cells[0]?.replace('\uFEFF', '') !== 'Date')
          throw wrong(number, `this is no file of reference rates: it begins with ${quoted(text, 40)}`)
        if (cells.length > MOST_COLUMNS) throw wrong(number, `there are ${counted(cells.length, 'column')}`)
        continue
      }
      if (cells.length !== header.length)
        throw wrong(number, `it has ${counted(cells.length, 'column')} where the header has ${header.length}`)
      const day = isoDay(cells[0] ?? '')
      if (day === null) throw wrong(number, `the day of the rates is ${quoted(cells[0] ?? '', 40)}`)
      for (const [i, currency] of header.entries()) {
        const rate = cells[i] ?? ''
        if (i > 0 && rate !== 'N/A' && rate !== '') batch.add(currency, day, rate, number)
      }
    }
    yield
  }
}

/** '2026-04-13' or '13 April 2026'. */
function isoDay(text: string): string | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (year !== undefined) return dayOf(year, month ?? '', day ?? '')
  const [, inWords = '', name = '', of = ''] = /^(\d{1,2}) ([A-Za-z]+) (\d{4})$/.exec(text) ?? []
  const nth = MONTHS.indexOf(name.toLowerCase()) + 1
  return nth === 0 ? null : dayOf(of, `${nth}`.padStart(2, '0'), inWords.padStart(2, '0'))
}

const wrong = (line: number, what: string) => new TechnicalError('file_malformed', `${atLine(line)}: ${what}`)
