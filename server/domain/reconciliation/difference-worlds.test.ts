import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Part, Situation } from './difference.ts'
import { matchItems } from './match-items.ts'
import { splitDifference } from './split-difference.ts'
import { addTo, buildWorld, type Sums } from './testing/build-world.ts'
import { rule, within } from './testing/items.ts'
import { anyWorld, hasFault } from './testing/world.ts'

const cellOf = ({ currency, group }: { currency: string; group: string }) => `${currency} ${group}`
const texts = (sums: Sums) => [...sums].map(([name, { minor, count }]) => `${name} ${minor} ${count}`).sort()

/** Of all parts and of all items: the same, in every currency and account group. */
function expectExact(parts: readonly Part[], { items }: Situation) {
  const [actual, difference]: [Sums, Sums] = [new Map(), new Map()]
  for (const part of parts) addTo(actual, 'unexplained', cellOf(part), part.minor, part.count)
  for (const item of items) {
    addTo(difference, 'unexplained', cellOf(item), item.side === 0 ? -item.minor : item.minor, item.side === 0 ? -1 : 1)
  }
  expect(texts(actual)).toEqual(texts(difference))
}

test('10,000 random worlds: the parts sum to the difference, nothing explainable stays unexplained, 95% are in the right bucket', () => {
  const score = { keys: 0, right: 0, explainable: 0 }
  fc.assert(
    fc.property(anyWorld, (keys) => {
      const { situation, expected, isExplainable } = buildWorld(keys)
      const parts = splitDifference(situation)
      expectExact(parts, situation)
      if (isExplainable) {
        score.explainable++
        expect(parts.filter(({ bucket }) => bucket === 'unexplained')).toEqual([])
      }
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
  expect(score.explainable).toBeGreaterThan(2_000)
})

test('what people and rules put together first changes nothing of the sum', () => {
  const rules = [
    rule({ name: 'near', days: 3, tolerance: within(5n) }),
    rule({ name: 'parts', cardinality: '1:N', equal: ['key'], tolerance: within(50n) }),
    rule({ name: 'all', cardinality: 'N:M', equal: ['key'], tolerance: within(1_000n) }),
  ]
  fc.assert(
    fc.property(anyWorld, fc.nat(), (keys, chosen) => {
      const { situation } = buildWorld(keys)
      const [first, other] = [0, 1].map((wanted) => situation.items.filter(({ side }) => side === wanted))
      const ids = [first![chosen % first!.length], other![chosen % other!.length]].flatMap((one) => one?.id ?? [])
      const { matches } = matchItems(situation.items, rules, { fixed: [ids], forbidden: [] })
      expectExact(splitDifference({ ...situation, matches }), situation)
    }),
    { numRuns: 2_000 },
  )
})

test('shuffled, and with other ids: the same parts', () => {
  fc.assert(
    fc.property(anyWorld, fc.infiniteStream(fc.nat()), (keys, numbers) => {
      const { situation } = buildWorld(keys)
      const mix = <T>(list: readonly T[]) =>
        list
          .map((one) => [numbers.next().value ?? 0, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one)
      const before = shown(splitDifference(situation))
      expect(splitDifference({ ...situation, items: mix(situation.items), waiting: mix(situation.waiting) })).toEqual(
        splitDifference(situation),
      )
      for (let i = 0; i < 5; i++) {
        const names = new Map(mix(situation.items).map(({ id }, place) => [id, `${place}`]))
        const renamed = <T extends { replaces?: string }>(one: T) => ({
          ...one,
          ...(one.replaces && { replaces: names.get(one.replaces)! }),
        })
        const mixed = {
          ...situation,
          items: mix(situation.items).map((one) => ({ ...one, id: names.get(one.id)! })),
          elsewhere: mix(situation.elsewhere),
          waiting: mix(situation.waiting).map(renamed),
          inFlight: mix(situation.inFlight).map(renamed),
          rates: mix(situation.rates),
        }
        expect(shown(splitDifference(mixed))).toEqual(before)
      }
    }),
    { numRuns: 1_000 },
  )
})
const shown = (parts: readonly Part[]) =>
  parts
    .map(
      ({ because, currency, group, minor, count, itemIds }) =>
        `${because.kind} ${currency} ${group} ${minor} ${count} ${itemIds.length}`,
    )
    .sort()
