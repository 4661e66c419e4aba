import fc from 'fast-check'
import { expect, test } from 'vitest'
import { subsetSums } from './subset-sums.ts'

const how = (slack: bigint, sum: bigint, facts = {}) => ({
  sizeMax: 4,
  slack,
  isNear: (found: bigint) => found - sum <= slack && sum - found <= slack,
  budget: { steps: 1_000_000 },
  stepsMax: 100_000,
  ...facts,
})

test('every subset of two to four that comes to the sum, and no other', () => {
  const amounts = fc.array(fc.bigInt({ min: -4n, max: 9n }), { maxLength: 9 })
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: -6n, max: 25n }), fc.constantFrom(0n, 1n), (amounts, sum, slack) => {
      const every = Array.from({ length: 2 ** amounts.length }, (_, bits) =>
        amounts.flatMap((_, i) => (bits & (1 << i) ? [i] : [])),
      )
      const wanted = every.filter((subset) => {
        const total = subset.reduce((sum, i) => sum + amounts[i]!, 0n)
        return subset.length >= 2 && subset.length <= 4 && total - sum <= slack && sum - total <= slack
      })
      const texts = (subsets: number[][]) => subsets.map((subset) => subset.join()).sort()
      expect(texts(subsetSums(amounts, sum, how(slack, sum))!)).toEqual(texts(wanted))
    }),
    { numRuns: 1_000 },
  )
})
test('a search that is cut off finds nothing, rather than some', () => {
  const amounts = Array.from({ length: 20 }, (_, i) => BigInt(i + 1))
  expect(subsetSums(amounts, 30n, how(0n, 30n, { stepsMax: 50 }))).toBeNull()
  const budget = { steps: 50 }
  expect(subsetSums(amounts, 30n, how(0n, 30n, { budget }))).toBeNull()
  expect(budget.steps).toBeLessThan(0)
})
