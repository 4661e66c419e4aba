import { describe, expect, test } from 'vitest'
import type { Elsewhere, InFlight, Part, Situation, Waiting } from './difference.ts'
import type { Item } from './item.ts'
import { matchItems } from './match-items.ts'
import { splitDifference } from './split-difference.ts'
import { item, rule, situation, within } from './testing/items.ts'

const keyed = (id: string, minor: bigint, facts: Partial<Item> = {}) => item(id, minor, { key: 'K', ...facts })
const split = (items: readonly Item[], facts: Partial<Situation> = {}) => splitDifference(situation(items, facts))
/** 'bucket kind +minor +count' of each part; of another group or currency with that. */
const told = (parts: readonly Part[]) =>
  parts.map(({ bucket, because, minor, count, group, currency }) =>
    [bucket, because.kind, minor, count, group === 'all' ? '' : group, currency === 'EUR' ? '' : currency].join(' ').trimEnd(),
  )

const EVIDENCE = { id: 'e', side: 1, key: 'K', currency: 'EUR', minor: 100n }
const elsewhere = (facts: Partial<Elsewhere>): Partial<Situation> => ({ elsewhere: [{ ...EVIDENCE, ...facts }] })
const waiting = (facts: Partial<Waiting> = {}): Partial<Situation> => ({
  waiting: [{ ...EVIDENCE, exceptionIds: ['7'], ...facts }],
})
const inFlight = (facts: Partial<InFlight> = {}): Partial<Situation> => ({
  inFlight: [{ ...EVIDENCE, runId: '9', why: 'held', ...facts }],
})
const rounding = within(2n)
const usd = { from: 'EUR', to: 'USD', rate: '1.0873', on: '2026-10-31', version: '12' }

describe('a record that the side lacks', () => {
  const gone = [keyed('a1', 100n)]
  test.each([
    ['it is in another period', elsewhere({ period: '2026-11' }), ['cut_off_timing other_period -100 -1']],
    ['it is with another entity', elsewhere({ entity: 'FR01' }), ['mapping_and_scope other_entity -100 -1']],
    ['it is on an account that is not compared', elsewhere({ group: '9' }), ['mapping_and_scope other_group -100 -1']],
    ['it waits behind an exception', waiting(), ['rejected rejected -100 -1']],
    ['it is on its way', inFlight(), ['in_flight in_flight -100 -1']],
    ['nothing is known', {}, ['unexplained missing -100 -1']],
    ['what is known is of another key', waiting({ key: 'L' }), ['unexplained missing -100 -1']],
    ['what is known is of another currency', waiting({ currency: 'USD' }), ['unexplained missing -100 -1']],
    ['what is known is of the first side', waiting({ side: 0 }), ['unexplained missing -100 -1']],
    ['what waits is of another amount: it explains nothing', waiting({ minor: 90n }), ['unexplained missing -100 -1']],
    [
      'what waits is off by a rounding',
      { ...waiting({ minor: 98n }), rounding },
      ['rejected rejected -98 -1', 'fx_and_rounding rounding -2 0'],
    ],
    [
      'two things are known: what is somewhere comes first',
      { ...waiting(), ...elsewhere({ id: 'f', period: '2026-11' }) },
      ['cut_off_timing other_period -100 -1'],
    ],
  ] as const)('%s', (_, facts, parts) => {
    expect(told(split(gone, facts))).toEqual(parts)
  })
  test('the part names its items, its evidence, its exceptions', () => {
    expect(split(gone, waiting())).toEqual([
      {
        bucket: 'rejected',
        currency: 'EUR',
        group: 'all',
        minor: -100n,
        count: -1,
        itemIds: ['a1'],
        evidenceIds: ['e'],
        because: { kind: 'rejected', exceptionIds: ['7'] },
      },
    ])
  })
  test('which evidence is taken does not hang on ids or order', () => {
    const [entity, period] = [
      { ...EVIDENCE, entity: 'FR01' },
      { ...EVIDENCE, id: 'f', period: '2026-11' },
    ]
    for (const elsewhere of [
      [entity, period],
      [period, entity],
      [entity, { ...period, id: 'd' }],
    ]) {
      expect(told(split(gone, { elsewhere }))).toEqual(['cut_off_timing other_period -100 -1'])
    }
  })
  test('what ties where it stands is no evidence: the rent of next month is not that of this month', () => {
    const next = { ...EVIDENCE, period: '2026-11' }
    const both = [next, { ...next, id: 'f', side: 0 }]
    expect(told(split(gone, { elsewhere: both }))).toEqual(['unexplained missing -100 -1'])
    expect(told(split(gone, { elsewhere: [...both, { ...next, id: 'g' }] }))).toEqual(['cut_off_timing other_period -100 -1'])
    expect(told(split(gone, { elsewhere: [next, { ...next, id: 'f', side: 0, period: '2026-12' }] }))).toEqual([
      'cut_off_timing other_period -100 -1',
    ])
  })
  test('one record explains one item', () => {
    expect(told(split([keyed('a1', 100n), keyed('a2', 100n)], waiting())).sort()).toEqual([
      'rejected rejected -100 -1',
      'unexplained missing -100 -1',
    ])
  })
  test('what is unexplained says where else its key was seen', () => {
    expect(split(gone, waiting({ minor: 90n }))).toMatchObject([{ because: { kind: 'missing' }, evidenceIds: ['e'] }])
  })
  test('of a sum, what waits is exactly what it lacks', () => {
    const sums = [keyed('a1', 150n), keyed('b1', 50n)]
    expect(told(split(sums, waiting()))).toEqual(['rejected rejected -100 0'])
    const two = [...waiting({ minor: 40n }).waiting!, ...waiting({ id: 'f', minor: 60n }).waiting!]
    expect(told(split(sums, { waiting: two }))).toEqual(['rejected rejected -40 0', 'rejected rejected -60 0'])
    expect(told(split(sums, waiting({ minor: 99n })))).toEqual(['unexplained amount_differs -100 0'])
  })
})

test('a record that only the side has: the first has it in another period', () => {
  expect(told(split([keyed('b1', 100n)], elsewhere({ side: 0, period: '2026-09' })))).toEqual([
    'cut_off_timing other_period 100 1',
  ])
  expect(told(split([keyed('b1', 100n)]))).toEqual(['unexplained surplus 100 1'])
})

describe('another amount', () => {
  const pair = (other: bigint, facts: Partial<Item> = {}) => [keyed('a1', 100n), keyed('b1', other, facts)]
  test.each([
    ['the change was rejected', pair(70n), waiting({ replaces: 'b1' }), ['rejected rejected -30 0']],
    ['the change is on its way', pair(70n), inFlight({ replaces: 'b1' }), ['in_flight in_flight -30 0']],
    ['another change was rejected', pair(70n), waiting({ replaces: 'b1', minor: 99n }), ['unexplained amount_differs -30 0']],
    [
      'it is withdrawn, and that is on its way',
      [keyed('b1', 100n)],
      inFlight({ replaces: 'b1', minor: null }),
      ['in_flight in_flight 100 1'],
    ],
    ['a rounding', pair(102n), { rounding }, ['fx_and_rounding rounding 2 0']],
    ['more than a rounding', pair(103n), { rounding }, ['unexplained amount_differs 3 0']],
    ['the sign is reversed', pair(-100n), {}, ['unexplained sign_reversed -200 0']],
    [
      'changed by hand, from what the first side has',
      pair(130n, { status: 'adjusted', was: 100n }),
      {},
      ['manual_adjustment adjustment 30 0'],
    ],
    [
      'by hand, but nobody knows from what',
      pair(130n, { status: 'adjusted' }),
      {},
      ['manual_adjustment adjustment 130 1', 'unexplained missing -100 -1'],
    ],
    ['another amount', pair(70n), {}, ['unexplained amount_differs -30 0']],
  ] as const)('%s', (_, items, facts, parts) => {
    expect(told(split(items, facts))).toEqual(parts)
  })
})

describe('in another place', () => {
  test('another account group: out of one and into the other', () => {
    const parts = split([keyed('a1', 100n, { group: 'A' }), keyed('b1', 100n, { group: 'B' })])
    expect(told(parts)).toEqual(['mapping_and_scope other_group -100 -1 A', 'mapping_and_scope other_group 100 1 B'])
  })
  test('another group and a rounding', () => {
    const parts = split([keyed('a1', 100n, { group: 'A' }), keyed('b1', 101n, { group: 'B' })], { rounding })
    expect(told(parts).at(-1)).toBe('fx_and_rounding rounding 1 0 B')
  })
  test('another group and another amount is no evidence', () => {
    const parts = split([keyed('a1', 100n, { group: 'A' }), keyed('b1', 70n, { group: 'B' })])
    expect(told(parts)).toEqual(['unexplained missing -100 -1 A', 'unexplained surplus 70 1 B'])
  })
  test('another currency, at the rate of the table', () => {
    const items = [keyed('a1', 10_000n), keyed('b1', 10_873n, { currency: 'USD' })]
    const parts = split(items, { rates: [usd] })
    expect(told(parts)).toEqual(['fx_and_rounding rate -10000 -1', 'fx_and_rounding rate 10873 1  USD'])
    expect(parts[0]!.because).toEqual({ kind: 'rate', rates: [usd] })
    expect(told(split(items))).toEqual(['unexplained missing -10000 -1', 'unexplained surplus 10873 1  USD'])
    expect(told(split([items[0]!, { ...items[1]!, minor: 10_900n }], { rates: [usd] }))).toEqual([
      'unexplained missing -10000 -1',
      'unexplained surplus 10900 1  USD',
    ])
  })
  test('outside the slice in another currency, at the rate of the table', () => {
    const there = elsewhere({ currency: 'USD', minor: 10_873n })
    expect(told(split([keyed('a1', 10_000n)], { ...there, rates: [usd] }))).toEqual(['fx_and_rounding rate -10000 -1'])
    expect(told(split([keyed('a1', 10_000n)], there))).toEqual(['unexplained missing -10000 -1'])
  })
  test('one original, translated at two rates of the table', () => {
    const rates = ['0.88', '0.90'].map((rate, i) => ({ ...usd, from: 'USD', to: 'EUR', rate, version: `${i}` }))
    const original = { currency: 'USD', minor: 1_000n }
    const items = [keyed('a1', 880n, { original }), keyed('b1', 900n, { original })]
    expect(split(items, { rates })).toMatchObject([{ bucket: 'fx_and_rounding', minor: 20n, because: { kind: 'rate', rates } }])
    expect(told(split(items, { rates: rates.slice(1) }))).toEqual(['unexplained amount_differs 20 0'])
  })
})

describe('once too often', () => {
  test('a copy of what both have is a duplicate, with the one it is a copy of', () => {
    expect(split([keyed('a1', 100n), keyed('b1', 100n), keyed('b2', 100n, { on: '2026-10-16' })])).toMatchObject([
      { bucket: 'duplicate', minor: 100n, count: 1, itemIds: ['b2'], evidenceIds: ['b1'] },
    ])
  })
  test('of two that only the side has, neither is a duplicate', () => {
    expect(told(split([keyed('b1', 100n), keyed('b2', 100n)]))).toEqual(Array(2).fill('unexplained surplus 100 1'))
  })
  test('of the first side only where the key names one record: else the other may lack one', () => {
    const items = [keyed('a1', 100n), keyed('a2', 100n), keyed('b1', 100n)]
    expect(told(split(items))).toEqual(['unexplained missing -100 -1'])
    expect(told(split(items, { isKeyUnique: true }))).toEqual(['duplicate duplicate -100 -1'])
  })
  test('the same sum in other records', () => {
    expect(told(split([keyed('a1', 100n), keyed('b1', 60n), keyed('b2', 40n)]))).toEqual(['mapping_and_scope other_count 0 1'])
  })
})

describe('booked by hand', () => {
  test('on one side alone; what both booked by hand ties', () => {
    const adjusted = { status: 'adjusted' }
    expect(told(split([keyed('a1', 100n), keyed('b1', 100n), keyed('b2', 5n, adjusted)]))).toEqual([
      'manual_adjustment adjustment 5 1',
    ])
    expect(told(split([item('b1', 5n, adjusted)]))).toEqual(['manual_adjustment adjustment 5 1'])
    expect(told(split([keyed('a1', 5n), keyed('b1', 5n), keyed('b2', 5n, adjusted)]))).toEqual(['duplicate duplicate 5 1'])
  })
  test('what the first side has and the other lacks is missing, unless the definition says otherwise', () => {
    const items = [keyed('a1', 100n, { status: 'adjusted' })]
    expect(told(split(items))).toEqual(['unexplained missing -100 -1'])
    const adjustments = { first: new Set(['adjusted']), other: new Set<string>() }
    expect(told(split(items, { adjustments }))).toEqual(['manual_adjustment adjustment -100 -1'])
  })
})

test('without a key nothing belongs together', () => {
  expect(told(split([item('a1', 100n), item('b1', 100n)]))).toEqual(['unexplained missing -100 -1', 'unexplained surplus 100 1'])
})

describe('matched', () => {
  const items = [item('a1', 100n, { group: 'A' }), item('b1', 60n, { group: 'A' }), item('b2', 41n, { group: 'A' })]
  const keyedItems = items.map((one) => ({ ...one, key: 'K' }))
  const rules = [rule({ name: 'parts', cardinality: '1:N', equal: ['key'], tolerance: within(1n) })]
  const { matches } = matchItems(keyedItems, rules, { fixed: [], forbidden: [] })
  test('what a rule let pass is within its tolerance, and named after it', () => {
    const parts = split(keyedItems, { matches })
    expect(told(parts)).toEqual(['fx_and_rounding matched 1 0 A', 'mapping_and_scope other_count 0 1 A'])
    expect(parts[0]!.because).toEqual({ kind: 'matched', rule: 'parts' })
  })
  test('what a person put together may differ, and that is unexplained', () => {
    const byPerson = matchItems(items, [], { fixed: [['a1', 'b1']], forbidden: [] }).matches
    expect(told(split(items.slice(0, 2), { matches: byPerson }))).toEqual(['unexplained amount_differs -40 0 A'])
  })
  test('in another account group', () => {
    const moved = [items[0]!, item('b1', 101n, { group: 'B' })]
    const byPerson = matchItems(moved, [], { fixed: [['a1', 'b1']], forbidden: [] }).matches
    expect(told(split(moved, { matches: byPerson }))).toEqual([
      'unexplained amount_differs 1 0 B',
      'mapping_and_scope other_group 100 1 B',
      'mapping_and_scope other_group -100 -1 A',
    ])
  })
})
