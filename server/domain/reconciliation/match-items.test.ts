import { describe, expect, test } from 'vitest'
import type { Item } from './item.ts'
import { CANDIDATES_MAX, STEPS_MAX } from './match-groups.ts'
import { type Decided, type Matching, matchItems } from './match-items.ts'
import type { MatchRule } from './match-rule.ts'
import { item, rule, within } from './testing/items.ts'
import { readShare } from './tolerance.ts'

const NOBODY: Decided = { fixed: [], forbidden: [] }
const match = (items: readonly Item[], rules: readonly MatchRule[], decided: Partial<Decided> = {}) =>
  matchItems(items, rules, { ...NOBODY, ...decided })
/** 'a1+a2=b1' for a match, 'a1?b1+b2' for a set of equal candidates. */
const told = ({ matches, ambiguous }: Matching) => [
  ...matches.map(({ first, other }) => `${first.join('+')}=${other.join('+')}`),
  ...ambiguous.map(({ first, other }) => `${first.join('+')}?${other.join('+')}`),
]

const byKey = rule({ name: 'key', equal: ['key'] })
const nearby = rule({ name: 'amount and date', days: 3 })

describe('one to one', () => {
  test('by key, with the rule and its margin', () => {
    const { matches, open } = match(
      [item('a1', 100n, { key: 'K' }), item('b1', 100n, { key: 'K' }), item('b2', 100n, { key: 'L' })],
      [byKey],
    )
    expect(matches).toEqual([
      {
        rule: 'key',
        by: 'rule',
        currency: 'EUR',
        first: ['a1'],
        other: ['b1'],
        minor: 0n,
        isSet: false,
        distance: { minor: 0n, days: 0 },
        margin: null,
      },
    ])
    expect(open).toEqual(['b2'])
  })
  test('the closer day is taken, and the margin says by how much', () => {
    const { matches } = match(
      [item('a1', 100n), item('b1', 100n, { on: '2026-10-16' }), item('b2', 100n, { on: '2026-10-18' })],
      [nearby],
    )
    expect(matches).toMatchObject([{ first: ['a1'], other: ['b1'], distance: { days: 1 }, margin: { minor: 0n, days: 2 } }])
  })
  test('the closer amount is taken before the closer day', () => {
    const items = [item('a1', 100n), item('b1', 101n), item('b2', 100n, { on: '2026-10-17' })]
    const { matches } = match(items, [rule({ days: 3, tolerance: within(1n) })])
    expect(matches).toMatchObject([{ other: ['b2'], minor: 0n, margin: { minor: 1n, days: -2 } }])
    const off = match(items.with(2, item('b2', 103n)), [rule({ days: 3, tolerance: within(3n) })])
    expect(off.matches).toMatchObject([{ other: ['b1'], distance: { minor: 1n, days: 0 }, margin: { minor: 2n, days: 0 } }])
  })
  test('a day before and a day after are equally close: a set, and nobody picks', () => {
    const items = [item('a1', 100n), item('b1', 100n, { on: '2026-10-14' }), item('b2', 100n, { on: '2026-10-16' })]
    expect(told(match(items, [nearby]))).toEqual(['a1?b1+b2'])
  })
  test('what the best candidate of an item is better for goes there first', () => {
    const items = [
      item('a1', 100n),
      item('a2', 100n, { on: '2026-10-16' }),
      item('b1', 100n, { on: '2026-10-16' }),
      item('b2', 100n, { on: '2026-10-14' }),
    ]
    const { matches } = match(items, [nearby])
    expect(matches).toMatchObject([
      { first: ['a1'], other: ['b2'], isSet: false, distance: { days: 1 }, margin: { days: 0 } },
      { first: ['a2'], other: ['b1'], isSet: false, distance: { days: 0 }, margin: { days: 1 } },
    ])
  })
  test('what could only belong to an item of a set is part of the set', () => {
    const items = [
      item('a1', 100n),
      item('b1', 100n, { on: '2026-10-14' }),
      item('b2', 100n, { on: '2026-10-16' }),
      item('a2', 100n, { on: '2026-10-18' }),
    ]
    expect(told(match(items, [nearby]))).toEqual(['a1+a2?b1+b2'])
  })
  test('outside the date window nothing meets, and without a date neither', () => {
    expect(match([item('a1', 100n), item('b1', 100n, { on: '2026-10-19' })], [nearby]).matches).toEqual([])
    expect(match([item('a1', 100n), item('b1', 100n, { on: null })], [nearby]).matches).toEqual([])
    expect(told(match([item('a1', 100n), item('b1', 100n, { on: '2026-10-18' })], [nearby]))).toEqual(['a1=b1'])
  })
  test('rules in order: what the first takes the second does not see', () => {
    const items = [item('a1', 100n, { key: 'K' }), item('b1', 100n, { key: 'K', on: '2026-10-17' }), item('b2', 100n)]
    expect(match(items, [byKey, nearby]).matches).toMatchObject([{ rule: 'key', other: ['b1'] }])
    expect(match(items, [nearby, byKey]).matches).toMatchObject([{ rule: 'amount and date', other: ['b2'] }])
  })
  test('a weaker rule does not answer what a stronger one left to a person', () => {
    const items = [
      item('a1', 100n, { key: 'K' }),
      item('b1', 100n, { key: 'K', on: '2026-10-14' }),
      item('b2', 100n, { key: 'K', on: '2026-10-14' }),
    ]
    const { ambiguous, matches } = match([...items, item('a2', 100n, { on: '2026-10-14' })], [byKey, nearby])
    expect(matches).toEqual([])
    expect(ambiguous).toEqual([{ rule: 'key', first: ['a1'], other: ['b1', 'b2'] }])
  })
})

describe('two identical payments of one day stay two', () => {
  const [twoA, twoB] = [
    [item('a1', 100n), item('a2', 100n)],
    [item('b1', 100n), item('b2', 100n)],
  ]
  test('two on each side tie as a set: nobody says who is whose', () => {
    expect(match([...twoA, ...twoB], [nearby]).matches).toMatchObject([
      { first: ['a1', 'a2'], other: ['b1', 'b2'], isSet: true, minor: 0n },
    ])
  })
  test('also a day apart, because each pair of them passes', () => {
    const apart = twoB.map((one, i) => ({ ...one, on: `2026-10-1${6 + i}` }))
    expect(match([...twoA, ...apart], [nearby]).matches).toMatchObject([
      { first: ['a1', 'a2'], other: ['b1', 'b2'], isSet: true },
    ])
  })
  test('not where one pair of them would not pass', () => {
    const items = [
      item('a1', 100n),
      item('a2', 100n),
      item('b1', 100n, { on: '2026-10-17' }),
      item('b2', 100n, { on: '2026-10-18' }),
      item('a3', 100n, { on: '2026-10-21' }),
    ]
    expect(match(items, [nearby]).matches).toEqual([])
  })
  test('two against one, or three, is a question', () => {
    expect(told(match([...twoA, item('b1', 100n)], [nearby]))).toEqual(['a1+a2?b1'])
    expect(told(match([...twoA, ...twoB, item('b3', 100n)], [nearby]))).toEqual(['a1+a2?b1+b2+b3'])
  })
})

describe('groups', () => {
  const oneToMany = rule({ cardinality: '1:N', equal: ['key'] })
  const keyed = (id: string, minor: bigint, facts: Partial<Item> = {}) => item(id, minor, { key: 'K', ...facts })
  test('one to many: all that has the key', () => {
    expect(told(match([keyed('a1', 100n), keyed('b1', 60n), keyed('b2', 40n)], [oneToMany]))).toEqual(['a1=b1+b2'])
  })
  test('one to many: some of it, where there is one way', () => {
    expect(told(match([keyed('a1', 100n), keyed('b1', 60n), keyed('b2', 40n), keyed('b3', 33n)], [oneToMany]))).toEqual([
      'a1=b1+b2',
    ])
  })
  test('two ways are a set', () => {
    const items = [keyed('a1', 100n), keyed('b1', 60n), keyed('b2', 40n), keyed('b3', 60n), keyed('b4', 1n)]
    expect(told(match(items, [oneToMany]))).toEqual(['a1?b1+b2+b3'])
  })
  test('two that want the same item are a set', () => {
    const items = [keyed('a1', 100n), keyed('a2', 90n), keyed('b1', 60n), keyed('b2', 40n), keyed('b3', 30n)]
    expect(told(match(items, [oneToMany]))).toEqual(['a1+a2?b1+b2+b3'])
  })
  test('many to one, with amounts of both signs', () => {
    const items = [keyed('a1', 120n), keyed('a2', -20n), keyed('a3', 7n), keyed('b1', 100n)]
    expect(told(match(items, [rule({ cardinality: 'N:1', equal: ['key'] })]))).toEqual(['a1+a2=b1'])
  })
  test('many to many: everything of a key', () => {
    const manyToMany = rule({ cardinality: 'N:M', equal: ['key'] })
    const items = [keyed('a1', 70n), keyed('a2', 30n), keyed('b1', 60n), keyed('b2', 40n)]
    expect(told(match(items, [manyToMany]))).toEqual(['a1+a2=b1+b2'])
    expect(told(match([...items, keyed('b3', 1n)], [manyToMany]))).toEqual([])
    expect(told(match([...items, keyed('b3', 0n, { on: '2026-10-30' })], [{ ...manyToMany, days: 14 }]))).toEqual([])
    expect(match(items, [{ ...manyToMany, groupMax: 1 }]).matches).toEqual([])
  })
  test('a sum within the tolerance of the definition passes, exactly at it too', () => {
    const tolerance = { absolute: null, relative: readShare('2%'), basis: 'first', both: 'smaller' } as const
    const items = [keyed('a1', 10_000n), keyed('b1', 6_000n), keyed('b2', 4_200n), keyed('b3', 1_000n)]
    expect(match(items, [{ ...oneToMany, tolerance }]).matches).toMatchObject([{ other: ['b1', 'b2'], minor: 200n }])
    expect(match(items.with(2, keyed('b2', 4_201n)), [{ ...oneToMany, tolerance }]).matches).toEqual([])
  })
  test('one to many within a group size', () => {
    const items = [keyed('a1', 6n), keyed('b1', 1n), keyed('b2', 2n), keyed('b3', 3n), keyed('b4', 50n)]
    expect(told(match(items, [oneToMany]))).toEqual(['a1=b1+b2+b3'])
    expect(told(match(items, [{ ...oneToMany, groupMax: 2 }]))).toEqual([])
  })
  test('where a bound is met it says so, and nothing is matched on half a search', () => {
    const crowd = Array.from({ length: CANDIDATES_MAX + 1 }, (_, i) => keyed(`b${i}`, BigInt(i + 1)))
    expect(match([keyed('a1', 3n), ...crowd], [oneToMany])).toMatchObject({
      matches: [],
      unsearched: [{ rule: 'rule', itemIds: ['a1'], bound: 'candidates', max: CANDIDATES_MAX }],
    })
    expect(match([keyed('a1', 200n), ...crowd.slice(1)], [oneToMany])).toMatchObject({
      matches: [],
      unsearched: [{ rule: 'rule', itemIds: ['a1'], bound: 'steps', max: STEPS_MAX }],
    })
  })
  test('a payment that names its invoices', () => {
    const items = [
      item('a1', 60n, { key: 'INV-4711' }),
      item('a2', 40n, { key: 'INV-4712' }),
      item('a3', 40n, { key: 'INV-47' }),
      item('b1', 100n, { reference: 'Payment of inv-4711, INV-4712. Thank you' }),
    ]
    expect(told(match(items, [rule({ cardinality: 'N:1', isNamed: true })]))).toEqual(['a1+a2=b1'])
  })
})

describe('what people said', () => {
  const items = [item('a1', 100n), item('a2', 100n), item('b1', 100n), item('b2', 100n)]
  test('what is put together stays, and the rest is matched around it', () => {
    const { matches } = match(items, [nearby], { fixed: [['a1', 'b2']] })
    expect(matches).toMatchObject([
      { by: 'person', first: ['a1'], other: ['b2'] },
      { by: 'rule', first: ['a2'], other: ['b1'] },
    ])
  })
  test('what was taken apart does not meet again, by any rule', () => {
    const one = [item('a1', 100n, { key: 'K' }), item('b1', 100n, { key: 'K' })]
    const rules = [byKey, nearby, rule({ cardinality: 'N:M', equal: ['key'] })]
    expect(match(one, rules, { forbidden: [['b1', 'a1']] }).matches).toEqual([])
    const three = [item('a1', 100n, { key: 'K' }), item('b1', 60n, { key: 'K' }), item('b2', 40n, { key: 'K' })]
    expect(match(three, [rule({ cardinality: '1:N', equal: ['key'] })], { forbidden: [['a1', 'b2']] }).matches).toEqual([])
  })
  test.each([
    ['item_gone', [['a1', 'gone']]],
    ['one_sided', [['a1', 'a2']]],
    ['currencies_differ', [['a1', 'b3']]],
    [
      'claimed_twice',
      [
        ['a1', 'b1'],
        ['a1', 'b2'],
      ],
    ],
  ] as const)('what cannot stay is told: %s', (because, fixed) => {
    const { undone, matches } = match([...items, item('b3', 100n, { currency: 'USD' })], [], { fixed })
    expect(undone).toEqual(fixed.map((itemIds) => ({ itemIds, because })))
    expect(matches).toEqual([])
  })
})
