import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Item } from './item.ts'
import { type Decided, type Matching, matchItems } from './match-items.ts'
import type { MatchRule } from './match-rule.ts'
import { item, rule, within } from './testing/items.ts'

const match = (items: readonly Item[], rules: readonly MatchRule[], forbidden: Decided['forbidden']) =>
  matchItems(items, rules, { fixed: [], forbidden })

const anyItem = (side: 'a' | 'b') =>
  fc.record({
    side: fc.constant(side),
    minor: fc.integer({ min: -2, max: 6 }),
    currency: fc.constantFrom('EUR', 'EUR', 'USD'),
    key: fc.constantFrom('', 'K', 'KEY-1', 'KEY-2'),
    on: fc.constantFrom('2026-10-14', '2026-10-15', '2026-10-16', '2026-10-20', null),
    reference: fc.constantFrom(null, 'KEY-1', 'for KEY-2 and KEY-1', 'R'),
  })
const anyRule = fc
  .record({
    cardinality: fc.constantFrom('1:1' as const, '1:1' as const, '1:N' as const, 'N:1' as const, 'N:M' as const),
    equal: fc.subarray(['key', 'reference', 'group'] as const),
    isNamed: fc.boolean(),
    days: fc.constantFrom(null, 0, 1, 3),
    slack: fc.constantFrom(0n, 0n, 1n),
    groupMax: fc.constantFrom(2, 5),
  })
  .map(({ slack, ...facts }) => rule({ ...facts, tolerance: within(slack) }))
const world = fc.record({
  items: fc
    .tuple(fc.array(anyItem('a'), { maxLength: 9 }), fc.array(anyItem('b'), { maxLength: 9 }))
    .map((sides) => sides.flat().map(({ side, minor, ...facts }, i) => item(`${side}${i}`, BigInt(minor), facts))),
  rules: fc.array(anyRule, { minLength: 1, maxLength: 3 }).map((rules) => rules.map((one, i) => ({ ...one, name: `rule ${i}` }))),
  apart: fc.array(fc.tuple(fc.nat(17), fc.nat(17)), { maxLength: 2 }),
})
const forbiddenOf = (items: readonly Item[], apart: readonly [number, number][]) =>
  apart.flatMap(([i, j]): [string, string][] => (items[i] && items[j] ? [[items[i].id, items[j].id]] : []))

test('each item is claimed once, within one currency and the tolerance, whatever the rules', () => {
  fc.assert(
    fc.property(world, ({ items, rules, apart }) => {
      const forbidden = forbiddenOf(items, apart)
      const { matches, ambiguous, open } = match(items, rules, forbidden)
      const seen = [...matches, ...ambiguous].flatMap(({ first, other }) => [...first, ...other])
      expect([...seen, ...open].sort()).toEqual(items.map(({ id }) => id).sort())
      const of = new Map(items.map((one) => [one.id, one]))
      for (const { first, other, rule, isSet } of matches) {
        const all = [...first, ...other].map((id) => of.get(id)!)
        expect(new Set(all.map(({ currency }) => currency)).size).toBe(1)
        expect(first.every((id) => of.get(id)!.side === 0) && other.every((id) => of.get(id)!.side === 1)).toBe(true)
        const sum = (ids: readonly string[]) => ids.reduce((total, id) => total + of.get(id)!.minor, 0n)
        const slack = rules.find(({ name }) => name === rule)!.tolerance.absolute!.EUR!
        const most = slack * BigInt(isSet ? first.length : 1)
        const difference = sum(other) - sum(first)
        expect(difference <= most && difference >= -most).toBe(true)
        expect(
          forbidden.some(
            (pair) =>
              first.concat(other).filter((id) => pair.includes(id)).length === 2 &&
              of.get(pair[0])!.side !== of.get(pair[1])!.side,
          ),
        ).toBe(false)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('shuffled 100 times, and with other ids: the same matches', () => {
  fc.assert(
    fc.property(world, fc.infiniteStream(fc.nat()), ({ items, rules, apart }, numbers) => {
      const forbidden = forbiddenOf(items, apart)
      const before = comparable(match(items, rules, forbidden), (id) => id)
      for (let i = 0; i < 100; i++) {
        const mixed = items.map((one) => [numbers.next().value, one] as const).sort(([a], [b]) => a! - b!)
        const names = new Map(mixed.map(([, { id }], place) => [id, `${id[0]}${place}`]))
        const back = new Map([...names].map(([id, name]) => [name, id]))
        const renamed = mixed.map(([, one]) => ({ ...one, id: names.get(one.id)! }))
        const pairs = forbidden.map(([a, b]): [string, string] => [names.get(a)!, names.get(b)!])
        expect(comparable(match(renamed, rules, pairs), (id) => back.get(id)!)).toEqual(before)
      }
    }),
    { numRuns: 60 },
  )
})
function comparable({ matches, ambiguous, open }: Matching, idOf: (id: string) => string) {
  const ids = (list: readonly string[]) => list.map(idOf).sort().join('+')
  return {
    matches: matches
      .map(
        ({ first, other, distance, margin, rule }) =>
          `${rule} ${ids(first)}=${ids(other)} ${distance.minor} ${distance.days} ${margin?.minor} ${margin?.days}`,
      )
      .sort(),
    ambiguous: ambiguous.map(({ rule, first, other }) => `${rule} ${ids(first)}?${ids(other)}`).sort(),
    open: ids(open),
  }
}
