import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitDifference } from './split-difference.ts'
import { addTo, buildWorld, type Sums } from './testing/build-world.ts'
import { anyWorld, hasFault } from './testing/world.ts'

const cellOf = ({ currency, group }: { currency: string; group: string }) => `${currency} ${group}`
const texts = (sums: Sums) => [...sums].map(([name, { minor, count }]) => `${name} ${minor} ${count}`).sort()

test('10,000 random worlds: the parts sum to the difference, in money and in records, and land in the right bucket', () => {
  const score = { keys: 0, right: 0, explainable: 0 }
  fc.assert(
    fc.property(anyWorld, (keys) => {
      const { situation, expected } = buildWorld(keys)
      const parts = splitDifference(situation)
      const [actual, difference]: [Sums, Sums] = [new Map(), new Map()]
      for (const part of parts) addTo(actual, 'unexplained', cellOf(part), part.minor, part.count)
      for (const item of situation.items) {
        addTo(difference, 'unexplained', cellOf(item), item.side === 0 ? -item.minor : item.minor, item.side === 0 ? -1 : 1)
      }
      expect(texts(actual)).toEqual(texts(difference))
      for (const [k, faults] of keys.entries()) {
        if (!hasFault(faults)) continue
        const sums: Sums = new Map()
        for (const part of parts) {
          if (part.itemIds[0]?.startsWith(`${k}.`)) addTo(sums, part.bucket, cellOf(part), part.minor, part.count)
        }
        score.keys++
        if (texts(sums).join() === texts(expected[k]!).join()) score.right++
      }
    }),
    { numRuns: 10_000 },
  )
  expect(score.right / score.keys).toBeGreaterThan(0.95)
})
