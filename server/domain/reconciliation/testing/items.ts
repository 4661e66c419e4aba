import type { Situation } from '../difference.ts'
import type { Item } from '../item.ts'
import type { MatchRule } from '../match-rule.ts'
import { EXACT, type Tolerance } from '../tolerance.ts'

/** `id` begins with the side: 'a1' is of the first, 'b1' of the other. */
export const item = (id: string, minor: bigint, facts: Partial<Item> = {}): Item => ({
  id,
  side: id.startsWith('a') ? 0 : 1,
  key: '',
  currency: 'EUR',
  minor,
  on: '2026-10-15',
  reference: null,
  group: 'all',
  status: 'posted',
  ...facts,
})

export const rule = (facts: Partial<MatchRule> = {}): MatchRule => ({
  name: 'rule',
  cardinality: '1:1',
  equal: [],
  isNamed: false,
  tolerance: EXACT,
  days: null,
  groupMax: 10,
  ...facts,
})

export const within = (minor: bigint, currency = 'EUR'): Tolerance => ({ ...EXACT, absolute: { [currency]: minor } })

export const situation = (items: readonly Item[], facts: Partial<Situation> = {}): Situation => ({
  items,
  elsewhere: [],
  waiting: [],
  inFlight: [],
  adjustments: { first: new Set(), other: new Set(['adjusted']) },
  rates: [],
  rounding: EXACT,
  isKeyUnique: false,
  matches: [],
  digits: () => 2,
  ...facts,
})
