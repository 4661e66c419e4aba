import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EXACT, isWithin, judgeTotals, readShare, slackOf, type Tolerance } from './tolerance.ts'

const percent = (text: string, facts: Partial<Tolerance> = {}): Tolerance => ({ ...EXACT, relative: readShare(text), ...facts })
const absolute = (minor: bigint): Tolerance => ({ ...EXACT, absolute: { EUR: minor } })

test.each([
  { name: 'equal passes without any', tolerance: EXACT, first: 5n, other: 5n, passes: true },
  { name: 'one unit breaks without any', tolerance: EXACT, first: 5n, other: 6n, passes: false },
  { name: 'exactly at it passes', tolerance: absolute(100n), first: 1_000n, other: 1_100n, passes: true },
  { name: 'one unit past it breaks', tolerance: absolute(100n), first: 1_000n, other: 1_101n, passes: false },
  { name: 'a shortage is judged like a surplus', tolerance: absolute(100n), first: 1_000n, other: 899n, passes: false },
  { name: 'exactly 2% passes 2%', tolerance: percent('2%'), first: 10_000n, other: 10_200n, passes: true },
  { name: 'a hair more than 2% breaks', tolerance: percent('2%'), first: 10_000n, other: 10_201n, passes: false },
  { name: 'a share of a negative amount', tolerance: percent('2%'), first: -10_000n, other: -9_800n, passes: true },
  { name: 'a share of nothing is nothing', tolerance: percent('2%'), first: 0n, other: 1n, passes: false },
  {
    name: 'a share of the other side',
    tolerance: percent('2%', { basis: 'other' }),
    first: 9_800n,
    other: 10_000n,
    passes: true,
  },
  { name: 'the same of the first', tolerance: percent('2%'), first: 9_800n, other: 10_000n, passes: false },
  { name: 'a thousandth', tolerance: percent('0.1%'), first: 1_000n, other: 1_001n, passes: true },
  {
    name: 'of both the smaller',
    tolerance: percent('2%', { absolute: { EUR: 50n } }),
    first: 10_000n,
    other: 10_051n,
    passes: false,
  },
  {
    name: 'of both the larger',
    tolerance: percent('2%', { absolute: { EUR: 50n }, both: 'larger' }),
    first: 10_000n,
    other: 10_051n,
    passes: true,
  },
  {
    name: 'a currency without an amount has none',
    tolerance: { ...EXACT, absolute: { USD: 100n } },
    first: 1n,
    other: 2n,
    passes: false,
  },
] as const)('$name', ({ tolerance, first, other, passes }) => {
  expect(isWithin(tolerance, 'EUR', first, other)).toBe(passes)
})

test.each(['2', '2 %', '-2%', '100%', '2.%', '.5%', '1e1%', '2,5%', ''])('%o is no share', (text) => {
  expect(readShare(text)).toBeNull()
})

test('a record that is missing or too many breaks, however little it is worth', () => {
  const total = (count: number, minor: bigint) => ({ count, minor })
  expect(judgeTotals(absolute(100n), 'EUR', total(3, 500n), total(3, 500n))).toBe('ties')
  expect(judgeTotals(absolute(100n), 'EUR', total(3, 500n), total(3, 450n))).toBe('within_tolerance')
  expect(judgeTotals(absolute(100n), 'EUR', total(3, 500n), total(3, 601n))).toBe('breaks')
  expect(judgeTotals(absolute(100n), 'EUR', total(3, 500n), total(2, 499n))).toBe('breaks')
  expect(judgeTotals(absolute(100n), 'EUR', total(3, 500n), total(4, 500n))).toBe('breaks')
})

test('nothing passes beyond the slack, whichever side the amount is', () => {
  const tolerance = fc.record({
    absolute: fc.option(fc.record({ EUR: fc.bigInt({ min: 0n, max: 500n }) })),
    relative: fc.option(fc.constantFrom('1%', '2.5%', '99%').map((text) => readShare(text)!)),
    basis: fc.constantFrom('first', 'other'),
    both: fc.constantFrom('smaller', 'larger'),
  })
  const amount = fc.bigInt({ min: -2_000n, max: 2_000n })
  fc.assert(
    fc.property(tolerance, amount, amount, (tolerance, a, b) => {
      if (isWithin(tolerance, 'EUR', a, b)) {
        const difference = a < b ? b - a : a - b
        expect(difference <= slackOf(tolerance, 'EUR', a) && difference <= slackOf(tolerance, 'EUR', b)).toBe(true)
      }
    }),
    { numRuns: 5_000 },
  )
})
