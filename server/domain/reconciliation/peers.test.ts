import { expect, test } from 'vitest'
import { digitsOf, unitsOf } from './item.ts'
import { matchItems } from './match-items.ts'
import { problemOf } from './match-rule.ts'
import { splitDifference } from './split-difference.ts'
import { item, rule, situation, within } from './testing/items.ts'
import { EXACT, isWithin, judgeTotals, readShare } from './tolerance.ts'

/** What other engines were seen doing, one test each. */
const NOBODY = { fixed: [], forbidden: [] }
const nearby = rule({ days: 3 })

test('a surplus is a break like a shortage: neither is OK because it is not below zero', () => {
  const verdicts = [900n, 1_100n].map((minor) => judgeTotals(EXACT, 'EUR', { count: 1, minor: 1_000n }, { count: 1, minor }))
  expect(verdicts).toEqual(['breaks', 'breaks'])
  expect(splitDifference(situation([item('b1', 100n, { key: 'K' })]))).toMatchObject([
    { bucket: 'unexplained', because: { kind: 'surplus' } },
  ])
})

test('the sign is not lost: over and under are told apart in every part', () => {
  const sides = (first: bigint, other: bigint) =>
    splitDifference(situation([item('a1', first, { key: 'K' }), item('b1', other, { key: 'K' })]))
  expect(sides(100n, 70n)).toMatchObject([{ minor: -30n }])
  expect(sides(70n, 100n)).toMatchObject([{ minor: 30n }])
  const { matches } = matchItems([item('a1', 100n), item('b1', 99n)], [rule({ days: 3, tolerance: within(1n) })], NOBODY)
  expect(matches).toMatchObject([{ minor: -1n }])
})

test('amounts are no floats: 0.10 and 0.20 are 0.30, and what no double holds is told apart', () => {
  const digits = digitsOf(['0.10', '0.20', '0.30'].map((amount) => ({ currency: 'EUR', amount }))).get('EUR')!
  const [a, b, c] = ['0.10', '0.20', '0.30'].map((amount) => unitsOf(amount, digits))
  const keyed = { key: 'K' }
  expect(
    matchItems(
      [item('a1', c!, keyed), item('b1', a!, keyed), item('b2', b!, keyed)],
      [rule({ cardinality: '1:N', equal: ['key'] })],
      NOBODY,
    ).matches,
  ).toHaveLength(1)
  const large = 9_007_199_254_740_993n
  expect(matchItems([item('a1', large), item('b1', large - 1n)], [nearby], NOBODY).matches).toEqual([])
})

test.each(['1:1', '1:N', 'N:1', 'N:M'] as const)('currencies never cross, and no group is of several: %s', (cardinality) => {
  const keyed = { key: 'K' }
  const items = [
    item('a1', 100n, keyed),
    item('a2', 50n, { ...keyed, currency: 'USD' }),
    item('b1', 100n, { ...keyed, currency: 'USD' }),
    item('b2', 50n, keyed),
  ]
  expect(matchItems(items, [rule({ cardinality, equal: ['key'], days: 3 })], NOBODY).matches).toEqual([])
})

test('a rule without criteria is refused, and matches nothing', () => {
  const empty = rule()
  expect(problemOf(empty)).toBe('no_criteria')
  expect(problemOf(rule({ equal: ['group'] }))).toBe('no_criteria')
  expect(problemOf(rule({ cardinality: '1:N', days: 3 }))).toBe('group_without_key')
  expect(matchItems([item('a1', 100n), item('b1', 100n)], [empty], NOBODY)).toMatchObject({
    matches: [],
    ambiguous: [],
    open: ['a1', 'b1'],
  })
})

test('one item is not matched twice, whichever rule comes first', () => {
  const items = [item('a1', 100n, { key: 'K' }), item('b1', 100n, { key: 'K' }), item('b2', 100n, { on: '2026-10-16' })]
  const rules = [rule({ name: 'key', equal: ['key'] }), nearby]
  for (const order of [rules, rules.toReversed()]) {
    const { matches } = matchItems(items, order, NOBODY)
    expect(matches.flatMap(({ first, other }) => [...first, ...other])).toEqual(['a1', 'b1'])
  }
})

test('a text that is part of another never makes up for the amount', () => {
  const named = rule({ isNamed: true, tolerance: within(1n) })
  const invoice = item('a1', 100n, { key: 'INV-4711' })
  const paid = (minor: bigint, reference: string) =>
    matchItems([invoice, item('b1', minor, { reference })], [named], NOBODY).matches.length
  expect(paid(101n, 'payment INV-4711')).toBe(1)
  expect(paid(102n, 'payment INV-4711')).toBe(0)
  expect(paid(100n, 'payment INV-47110')).toBe(0)
})

test('the lowest id does not win: five payments of one amount are a question', () => {
  const items = [item('a1', 100n), ...[1, 2, 3, 4, 5].map((i) => item(`b${i}`, 100n))]
  expect(matchItems(items, [nearby], NOBODY)).toMatchObject({
    matches: [],
    ambiguous: [{ first: ['a1'], other: ['b1', 'b2', 'b3', 'b4', 'b5'] }],
  })
})

test('2% is 2%: no float makes it 2.000000000000004%', () => {
  const tolerance = { ...EXACT, relative: readShare('2%') }
  for (let first = 50n; first <= 50_000n; first += 50n) expect(isWithin(tolerance, 'EUR', first, first + first / 50n)).toBe(true)
})
