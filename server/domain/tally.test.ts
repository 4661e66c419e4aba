import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyLine, type Line } from './line.ts'
import { formatMinor } from './money.ts'
import { Tally } from './tally.ts'

const DIGITS = { EUR: 2, JPY: 0, KWD: 3 } as const
const minor = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
const anyLine: fc.Arbitrary<Line> = fc
  .record({
    entity: fc.constantFrom('DE01', 'FR01'),
    period: fc.constantFrom('2026-01', '2026-02', ''),
    version: fc.constantFrom('actual', 'budget FY26'),
    currency: fc.constantFrom('EUR' as const, 'JPY' as const, 'KWD' as const),
    debit: minor,
    credit: minor,
  })
  .map((facts) => ({ ...emptyLine(), ...facts, digits: DIGITS[facts.currency] }))

const sliceOf = (line: Line) => [line.entity, line.period, line.version, line.currency].join(' / ')

test('every line is in exactly one sum, to the last minor unit, in whatever order the lines come', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 60 }), (lines) => {
      const tally = new Tally()
      for (const line of lines) tally.addLine('journal_line', line)
      const rows = tally.rows()
      expect(tally.count).toBe(lines.length)
      expect(rows.map((row) => sliceOf(row as unknown as Line)).sort()).toEqual([...new Set(lines.map(sliceOf))].sort())
      for (const row of rows) {
        const same = lines.filter((line) => sliceOf(line) === sliceOf(row as unknown as Line))
        const sum = (side: 'debit' | 'credit') => same.reduce((total, line) => total + line[side], 0n)
        const digits = same[0]!.digits
        expect(row).toMatchObject({
          object_type: 'journal_line',
          count: same.length,
          debit: formatMinor(sum('debit'), digits),
          credit: formatMinor(sum('credit'), digits),
        })
      }
    }),
  )
})

test('the same slice of two object types is two sums', () => {
  const tally = new Tally()
  const line = { ...emptyLine(), entity: 'DE01', currency: 'EUR', debit: 100n }
  tally.addLine('journal_line', line)
  tally.addLine('period_balance', line)
  expect(tally.rows().map(({ object_type, debit }) => [object_type, debit])).toEqual([
    ['journal_line', '1.00'],
    ['period_balance', '1.00'],
  ])
})

test('a line that is filled again does not change what was counted', () => {
  const tally = new Tally()
  const line = { ...emptyLine(), currency: 'EUR', debit: 100n }
  tally.addLine('journal_line', line)
  line.debit = 999n
  line.entity = 'elsewhere'
  expect(tally.rows()).toMatchObject([{ entity: '', debit: '1.00' }])
})

test('members are counted by entity and have no money', () => {
  const tally = new Tally()
  for (const entity of ['DE01', 'DE01', '']) tally.addMember('account', entity)
  expect(tally.rows()).toEqual([
    { object_type: 'account', entity: 'DE01', period: '', version: '', currency: '', count: 2, debit: '0', credit: '0' },
    { object_type: 'account', entity: '', period: '', version: '', currency: '', count: 1, debit: '0', credit: '0' },
  ])
})

test('a column that differs from line to line is no version: beyond its bound the file is refused, and the column named', () => {
  const tally = new Tally()
  const line = (i: number) => ({ ...emptyLine(), entity: `DE0${i % 3}`, period: '2026-01', version: `${i}`, currency: 'EUR' })
  for (let i = 1; i <= 20_000; i++) tally.addLine('journal_line', line(i))
  tally.addLine('journal_line', line(7))
  expect(() => tally.addLine('journal_line', line(20_001))).toThrow(
    expect.objectContaining({
      code: 'file_columns_wrong',
      detail: 'the column that is mapped to version has more than 20,000 different values',
    }),
  )
})

test('years of many entities in many versions are no wrong column; beyond what is held in memory they come in parts', () => {
  const tally = new Tally()
  const line = (i: number) => ({
    ...emptyLine(),
    entity: `E${i % 400}`,
    period: `P${Math.floor(i / 400) % 120}`,
    version: `V${Math.floor(i / 48_000)}`,
    currency: 'EUR',
  })
  for (let i = 0; i < 250_000; i++) tally.addLine('journal_line', line(i))
  expect([tally.count, tally.entities().length, tally.periods().length]).toEqual([250_000, 400, 120])
  expect(() => tally.addLine('journal_line', line(250_000))).toThrow(
    expect.objectContaining({
      code: 'file_too_large',
      detail: 'more than 250,000 slices of entity, period, version and currency: send it in parts',
    }),
  )
})

test('a tab inside a code shifts nothing into the next column', () => {
  const tally = new Tally()
  tally.addLine('journal_line', {
    ...emptyLine(),
    entity: 'DE\t01',
    period: '2026-01',
    version: 'actual',
    currency: 'EUR',
    debit: 1n,
  })
  expect(tally.rows()).toMatchObject([{ entity: 'DE\t01', period: '2026-01', version: 'actual', currency: 'EUR', debit: '0.01' }])
})
