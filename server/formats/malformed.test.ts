import { expect, test } from 'vitest'
import { randomOf } from '#db/seed/world/random.ts'
import { csv } from '#server/formats/csv.ts'
import { bai2 } from '#server/formats/bai2.ts'
import { camt053 } from '#server/formats/camt053.ts'
import type { Format } from '#server/formats/format.ts'
import { json } from '#server/formats/json.ts'
import { mt940 } from '#server/formats/mt940.ts'
import { safT } from '#server/formats/saf-t.ts'
import { failureOf, readSample, type ReadResult } from '#server/formats/testing.ts'
import { faultOfRefusal } from '#server/formats/testing/refusals.ts'
import { mutateText, mutateWorkbook, type Mutant } from '#server/formats/testing/mutations.ts'
import { naiveBai2, naiveCamt, naiveMt940 } from '#server/formats/testing/bank-oracles.ts'
import { naiveCsv, naiveSafT, naiveSheet, parsedJson, saysTheSame, type Reading } from '#server/formats/testing/oracles.ts'
import { BAI2, CAMT, CSV, JSON_PAGE, MT940, SAF_T, SHARED, WORKBOOK } from '#server/formats/testing/valid.ts'
import { zipped } from '#server/formats/testing/workbook.ts'
import { xlsx } from '#server/formats/xlsx.ts'

/**
 * Thousands of files that something happened to. Each is read as it stands, which a second and plainer reading must agree with,
 * or refused with a place and a reason. Thousands more: npm run chaos -- --only malformed-input.
 */
test('csv: a mutant is read as a naive reader reads it, and refused where that one refuses', { timeout: 60_000 }, async () => {
  const wrong = await eachMutant(2_000, async (seed) => {
    const mutant = mutateText('csv', CSV, randomOf(`csv ${seed}`))
    const read = await outcome(csv, mutant, { delimiter: ',' })
    return [mutant, faultOf(read) ?? differs(read, naiveCsv(mutant.bytes), true)]
  })
  expect(wrong).toEqual([])
})

test('json: a mutant is read as JSON.parse reads it, and refused where that one refuses', { timeout: 60_000 }, async () => {
  const wrong = await eachMutant(2_000, async (seed) => {
    const mutant = mutateText('json', JSON_PAGE, randomOf(`json ${seed}`))
    const read = await outcome(json, mutant, { records: 'lines', count: 'totals.count' })
    const parsed = parsedJson(mutant.bytes)
    if (typeof read === 'string') return [mutant, faultOf(read) ?? (parsed === 'refused' || STRICTER.test(read) ? null : read)]
    const says =
      parsed !== 'refused' &&
      read.rows.length === parsed.length &&
      read.rows.every((row, i) => row.every((cell, j) => saysTheSame(cell, parsed[i], read.columns[j]!)))
    return [mutant, says ? null : `read as ${JSON.stringify(read.rows)}`]
  })
  expect(wrong).toEqual([])
})

/** What JSON.parse lets pass and we do not: it keeps the last of two values, and characters no database keeps. */
const STRICTER = /stands twice|two values of one record|not text|nests deeper|states (a count|no)|more than 1,000 different keys/

test('saf-t: a mutant is read as its text says, or refused', { timeout: 60_000 }, async () => {
  let accepted = 0
  const wrong = await eachMutant(1_500, async (seed) => {
    const mutant = mutateText('saf-t', SAF_T, randomOf(`saf-t ${seed}`))
    const read = await outcome(safT, mutant, {})
    const naive = naiveSafT(mutant.bytes)
    if (typeof read === 'string') return [mutant, faultOf(read)]
    if (naive !== 'no opinion') accepted++
    const shown = (row: readonly string[]) =>
      (naive as Exclude<Reading, string>).columns.map((name) => row[read.columns.indexOf(name)] ?? '')
    return [
      mutant,
      typeof naive === 'string' ? null : differs({ ...read, rows: read.rows.map(shown), columns: naive.columns }, naive),
    ]
  })
  expect(wrong).toEqual([])
  expect(accepted).toBeGreaterThan(100)
})

test('xlsx: a damaged archive says what it said before, a sheet what stands in it, or either is refused', {
  timeout: 60_000,
}, async () => {
  const before = await readSample(xlsx, zipped(WORKBOOK))
  let compared = 0
  const wrong = await eachMutant(1_500, async (seed) => {
    const mutant = mutateWorkbook(WORKBOOK, randomOf(`xlsx ${seed}`))
    const read = await outcome(xlsx, mutant, {})
    if (typeof read === 'string') return [mutant, faultOf(read)]
    const naive =
      mutant.part === null ? before : mutant.part.endsWith('sheet1.xml') ? naiveSheet(mutant.text, SHARED) : 'no opinion'
    if (naive !== 'no opinion') compared++
    return [mutant, differs(read, naive)]
  })
  expect(wrong).toEqual([])
  expect(compared).toBeGreaterThan(50)
})

const BANKS = [
  ['camt053', camt053, CAMT, naiveCamt],
  ['mt940', mt940, MT940, naiveMt940],
  ['bai2', bai2, BAI2, naiveBai2],
] as const

test.each(BANKS)(
  '%s: a mutant says the amounts that stand in its text, or is refused',
  { timeout: 60_000 },
  async (kind, format, valid, naive) => {
    let compared = 0
    const wrong = await eachMutant(1_500, async (seed) => {
      const mutant = mutateText(kind, valid, randomOf(`${kind} ${seed}`))
      const read = await outcome(format as Format<unknown>, mutant, {})
      if (typeof read === 'string') return [mutant, faultOf(read)]
      const amounts = naive(mutant.bytes.toString())
      if (amounts === null) return [mutant, null]
      compared++
      const got = read.rows.map((row) => Number(row[read.columns.indexOf('amount')]))
      // Numbers are good enough for a second look: they say fifteen digits.
      const plain = (of: readonly number[]) => JSON.stringify(of.map((amount) => amount.toPrecision(14)))
      return [mutant, plain(got) === plain(amounts) ? null : `read as ${got.join(' ')}, and ${amounts.join(' ')} stands there`]
    })
    expect(wrong).toEqual([])
    expect(compared).toBeGreaterThan(50)
  },
)

const WRONG_SHOWN = 5
/** A spreadsheet promises fifteen digits of it. */
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** Names the mutants that something is wrong with, the first few. */
async function eachMutant(times: number, judge: (seed: number) => Promise<readonly [Mutant, string | null]>): Promise<string[]> {
  const wrong: string[] = []
  for (let seed = 0; seed < times && wrong.length < WRONG_SHOWN; seed++) {
    const [mutant, fault] = await judge(seed)
    if (fault !== null) wrong.push(`seed ${seed}, ${mutant.what}: ${fault.slice(0, 600)}`)
  }
  return wrong
}

/** What was read, or "code: detail" of the refusal. Any other throw is a defect and named as one. */
async function outcome<S>(format: Format<S>, { bytes }: Mutant, settings: unknown): Promise<ReadResult | string> {
  const read: ReadResult[] = []
  const reading = readSample(format, bytes, { settings }).then((result) => read.push(result))
  const failed = await failureOf(reading).catch((error: unknown) => `defect: ${String(error)}`)
  return read[0] ?? failed
}

const faultOf = (read: ReadResult | string): string | null => (typeof read === 'string' ? faultOfRefusal(read) : null)

/** Null where the two say the same. Amounts in a sheet lose the zeros behind them. */
function differs(read: ReadResult | string, naive: Reading, isStrict = false): string | null {
  if (naive === 'no opinion') return null
  if (typeof read === 'string' || naive === 'refused') {
    return (typeof read === 'string') === (naive === 'refused')
      ? null
      : `${JSON.stringify(read).slice(0, 300)}, and the other one read ${JSON.stringify(naive).slice(0, 200)}`
  }
  const plain = (cells: readonly string[]) =>
    isStrict ? cells : cells.map((cell) => (NUMBER.test(cell) ? Number(cell).toPrecision(15) : cell))
  const shown = ({ columns, rows, positions }: Exclude<Reading, string>) =>
    JSON.stringify([columns, rows.map(plain), isStrict ? positions : []])
  return shown(read) === shown(naive) ? null : `${shown(read)} where ${shown(naive)} stands`
}
