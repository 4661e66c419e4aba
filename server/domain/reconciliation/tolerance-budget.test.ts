import { expect, test } from 'vitest'
import { BIAS_COUNT_MIN, isOneSided, judgeSpent, sumAccepted } from './tolerance-budget.ts'

const accepted = (minor: bigint, facts = {}) => ({
  entity: 'DE01',
  period: '2026-10',
  currency: 'EUR',
  rule: 'bank',
  minor,
  ...facts,
})
const spent = (minors: readonly bigint[]) => sumAccepted(minors.map((minor) => accepted(minor)))[0]!

test('10,000 differences of 0.99 under a tolerance of 1.00 break the budget', () => {
  const sum = spent(Array.from({ length: 10_000 }, (_, i) => (i % 2 ? 99n : -99n)))
  expect(sum).toMatchObject({ over: 5_000, under: 5_000, signed: 0n, absolute: 990_000n })
  expect(judgeSpent(sum, 100_000n)).toEqual({ isOverCap: true, bias: null })
})
test('exactly the cap passes, a cent more does not', () => {
  expect(judgeSpent(spent([60n, -40n]), 100n).isOverCap).toBe(false)
  expect(judgeSpent(spent([60n, -41n]), 100n).isOverCap).toBe(true)
  expect(judgeSpent(spent([60n]), null).isOverCap).toBe(false)
})
test('500 of one sign raise bias, with their sign', () => {
  expect(judgeSpent(spent(Array(500).fill(1n)), null).bias).toBe('over')
  expect(judgeSpent(spent(Array(500).fill(-1n)), null).bias).toBe('under')
})
test('entities, periods, currencies and rules are never summed together, and what is nothing is on no side', () => {
  const sums = sumAccepted([
    accepted(1n),
    accepted(0n),
    accepted(2n, { entity: 'FR01' }),
    accepted(3n, { period: '2026-11' }),
    accepted(4n, { currency: 'USD' }),
    accepted(5n, { rule: 'card' }),
    accepted(-6n),
  ])
  expect(sums.map(({ signed }) => signed)).toEqual([-5n, 5n, 4n, 3n, 2n])
  expect(sums[0]).toEqual({
    entity: 'DE01',
    period: '2026-10',
    currency: 'EUR',
    rule: 'bank',
    over: 1,
    under: 1,
    signed: -5n,
    absolute: 7n,
  })
})

/** The chance of a split at least as uneven among that many tosses of a coin, from Pascal's triangle. */
function chanceIsBelow(over: number, under: number, oneIn: bigint): boolean {
  let row = [1n]
  for (let n = 0; n < over + under; n++) row = [1n, ...row.slice(1).map((ways, k) => ways + row[k]!), 1n]
  const uneven = row.reduce((sum, ways, k) => (Math.abs(2 * k - over - under) >= Math.abs(over - under) ? sum + ways : sum), 0n)
  return uneven * oneIn < 2n ** BigInt(over + under)
}
test('as a coin would have it: every split of 30 to 120 differences', () => {
  for (let count = BIAS_COUNT_MIN; count <= 120; count += 9) {
    for (let over = 0; over <= count; over++) {
      expect([count, over, isOneSided(over, count - over)]).toEqual([
        count,
        over,
        over * 2 !== count && chanceIsBelow(over, count - over, 1_000n),
      ])
    }
  }
})
test('fewer than 30 say nothing', () => {
  expect(isOneSided(29, 0)).toBe(false)
  expect(isOneSided(30, 0)).toBe(true)
})
test('of more than can be counted one by one the bound is never bolder than the count', () => {
  expect(isOneSided(1_150, 851)).toBe(true)
  expect(isOneSided(1_075, 926)).toBe(false)
  expect(isOneSided(5_000_000, 5_000_000 - 12_000)).toBe(false)
  expect(isOneSided(5_000_000, 5_000_000 - 13_000)).toBe(true)
})
