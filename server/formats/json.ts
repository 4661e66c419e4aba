import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Claim, ObjectType, Parsed } from '#server/domain/record.ts'
import { wholeOf } from '#server/formats/bytes.ts'
import { plainDecimal } from '#server/formats/decimal.ts'
import { textDecoding } from '#server/formats/decode.ts'
import type { ByteStream, Format, FormatRequest, LocatedRecord } from '#server/formats/format.ts'
import { JsonCursor } from '#server/formats/json-cursor.ts'
import { counted, LONGEST_SHOWN, MOST_COLUMNS, quoted } from '#server/formats/words.ts'

/** Keys with dots between them, from the root of the page. */
const path = z.string().min(1).max(200)

export const jsonSettings = z.strictObject({
  /** Where the list of records stands; '' when the page itself is the list. */
  records: z.string().max(200).default(''),
  count: path.optional(),
  totals: z
    .strictObject({ debit: path.optional(), credit: path.optional(), net: path.optional(), currency: path.optional() })
    .default({}),
  maxBytes: z
    .int()
    .min(1)
    .max(256 * 1024 * 1024)
    .default(64 * 1024 * 1024),
})
export type JsonSettings = z.output<typeof jsonSettings>

/** One page of a JSON API. Records become cells by dotted path; a list inside a record stays JSON text. */
export const json: Format<JsonSettings> = { name: 'json', settings: jsonSettings, read, locate }

const BATCH_ROWS = 5_000

type Page = {
  /** Where each record starts in the text. */
  readonly starts: readonly number[]
  readonly columns: readonly string[]
  readonly stated: ReadonlyMap<string, string>
}

/**
 * Twice over the text: rows can only be filled up once all columns of the page are known, and reading a
 * record again is cheaper than keeping all of a large page as small strings.
 */
async function* read({ bytes, settings, objectType }: FormatRequest<JsonSettings>): AsyncGenerator<Parsed> {
  const text = await pageText(bytes, settings.maxBytes)
  const { starts, columns, stated } = surveyed(text, settings)
  const claims = claimsOf(stated, settings, objectType)
  for (let first = 0; first < starts.length; first += BATCH_ROWS) {
    const batch = starts.slice(first, first + BATCH_ROWS)
    const rows = batch.map((start) => {
      const { cells } = recordAt(text, start)
      return columns.map((column) => cells.get(column) ?? '')
    })
    yield { kind: 'records', objectType, columns, rows, positions: batch.map((_, index) => first + index + 1) }
  }
  if (claims.length > 0) yield { kind: 'claims', claims }
}

async function locate({
  bytes,
  settings,
  position,
}: FormatRequest<JsonSettings> & { readonly position: number }): Promise<LocatedRecord | null> {
  const text = await pageText(bytes, settings.maxBytes)
  const start = surveyed(text, settings).starts[position - 1]
  if (start === undefined) return null
  const { cells, end } = recordAt(text, start)
  return {
    position,
    text: text.slice(start, Math.min(end, start + LONGEST_SHOWN)),
    cells: [...cells].map(([column, value]) => ({ column, value })),
  }
}

/** Checks the whole page and finds where everything stands. */
function surveyed(text: string, settings: JsonSettings): Page {
  const cursor = new JsonCursor(text)
  const { records, count, totals } = settings
  const scalars = new Set([count, ...Object.values(totals)].filter((wanted) => wanted !== undefined))
  const wanted = [records, ...scalars]
  const columns = new Set<string>()
  const stated = new Map<string, string>()
  const starts: number[] = []
  let found: string | null = null

  const visit = (at: string): void => {
    const kind = cursor.kind()
    if (at === records) {
      found = kind
      if (kind === 'array') cursor.array(visitRecord)
      else cursor.skip()
    } else if (scalars.has(at) && kind !== 'object' && kind !== 'array') {
      const value = cursor.scalar()
      if (kind !== 'null') stated.set(at, value)
    } else if (kind === 'object' && (at === '' || wanted.some((other) => other.startsWith(`${at}.`)))) {
      cursor.object((key) => visit(at === '' ? key : `${at}.${key}`))
    } else cursor.skip()
  }
  const visitRecord = (index: number): void => {
    const kind = cursor.kind()
    if (kind !== 'object') throw changed(`record ${index + 1} is ${article(kind)}, not an object`)
    starts.push(cursor.at)
    for (const column of flattened(cursor).keys()) columns.add(column)
    if (columns.size > MOST_COLUMNS)
      throw changed(`up to record ${index + 1} there are more than ${counted(MOST_COLUMNS, 'different key')}`)
  }

  // A page that is the list itself has the path '', which an object at the root must not match.
  if (records === '' && cursor.kind() !== 'array') throw changed(`the page is ${article(cursor.kind())}, not a list`)
  visit('')
  cursor.end()
  if (found === null) throw changed(`there is no ${quoted(records)}`)
  if (found !== 'array') throw changed(`${quoted(records)} is ${article(found)}, not a list`)
  return { starts, columns: [...columns], stated }
}

function recordAt(text: string, start: number): { cells: Map<string, string>; end: number } {
  const cursor = new JsonCursor(text)
  cursor.at = start
  return { cells: flattened(cursor), end: cursor.at }
}

function flattened(cursor: JsonCursor, prefix = '', cells = new Map<string, string>()): Map<string, string> {
  cursor.object((key) => {
    const column = prefix + key
    const kind = cursor.kind()
    if (kind === 'object') {
      flattened(cursor, `${column}.`, cells)
      return
    }
    if (cells.has(column)) throw cursor.malformed(`two values of one record are called ${quoted(column)}`)
    cells.set(column, kind === 'array' ? cursor.skip() : cursor.scalar())
  })
  return cells
}

function claimsOf(stated: Page['stated'], { count, totals }: JsonSettings, objectType: ObjectType): Claim[] {
  const claims: Claim[] = []
  const valueAt = (at: string) => {
    const value = stated.get(at)
    if (value === undefined) throw changed(`the page states no ${quoted(at)}`)
    return value
  }
  if (count !== undefined) {
    const value = valueAt(count)
    if (!/^\d{1,15}$/.test(value)) throw malformed(`${quoted(count)} states a count of ${value.slice(0, 80)}`)
    claims.push({ kind: 'total', measure: 'records', objectType, value, currency: null, statedAs: count })
  }
  const currency = totals.currency === undefined ? null : valueAt(totals.currency)
  if (currency !== null && currency.length > 3)
    throw malformed(`${quoted(totals.currency!)} states a currency of ${quoted(currency)}`)
  for (const measure of ['debit', 'credit', 'net'] as const) {
    const at = totals[measure]
    if (at === undefined) continue
    const value = plainDecimal(valueAt(at))
    if (value === null) throw malformed(`${quoted(at)} states a total of ${quoted(valueAt(at))}`)
    claims.push({ kind: 'total', measure, objectType, value, currency, statedAs: at })
  }
  return claims
}

async function pageText(bytes: ByteStream, maxBytes: number): Promise<string> {
  const decoding = textDecoding('utf-8', (good) => good.split('\n').length)
  const text = decoding.write(await wholeOf(bytes, maxBytes)) + decoding.end()
  const start = text.trimStart().slice(0, 80)
  if (start === '') throw new TechnicalError('file_empty', 'there is no text in it')
  if (start.startsWith('<')) throw changed(`it sent a web page or XML instead of JSON: ${quoted(start)}`)
  return text
}

const changed = (detail: string): TechnicalError => new TechnicalError('source_contract_changed', detail)

const malformed = (detail: string): TechnicalError => new TechnicalError('file_malformed', detail)

const article = (kind: string): string => (/^[ao]/.test(kind) ? `an ${kind}` : kind === 'null' ? kind : `a ${kind}`)
