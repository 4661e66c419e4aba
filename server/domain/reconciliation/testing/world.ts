import fc from 'fast-check'
import { minorDigitsOf } from '../../currency.ts'
import type { Rate } from '../rate.ts'

/** What is done to one line of a true ledger before the two sides are looked at. */
export type LineFaults = {
  readonly amount: bigint
  readonly currency: 'EUR' | 'JPY'
  readonly group: string
  /** The other way round: the side has it, and the first is where it went wrong. */
  readonly isMirrored: boolean
  readonly where:
    | 'there'
    | 'rejected'
    | 'held'
    | 'next_period'
    | 'other_entity'
    | 'other_scope'
    | 'lost'
    | 'withdrawn'
    | 'change_rejected'
    | 'change_held'
  readonly isFlipped: boolean
  readonly off: bigint
  readonly remappedTo: string
  readonly isTranslated: boolean
  readonly hasOtherRate: boolean
  readonly copies: number
  /** A line beside it, booked by hand. */
  readonly adjustment: bigint
  /** The line itself, changed by hand. */
  readonly changedBy: bigint
}
export type KeyFaults = { readonly lines: readonly LineFaults[]; readonly stray: bigint; readonly hasNoKey: boolean }
export const ROUNDING_MAX = 3n
export const RATES: readonly Rate[] = [
  { from: 'JPY', to: 'USD', rate: '0.0067', on: '2026-10-30', version: '12' },
  { from: 'EUR', to: 'USD', rate: '1.0873', on: '2026-10-31', version: '12' },
  { from: 'USD', to: 'CHF', rate: '0.88125', on: '2026-10-31', version: '12' },
  { from: 'USD', to: 'CHF', rate: '0.8931', on: '2026-11-02', version: '13' },
]
export const digits = (currency: string) => minorDigitsOf(currency) ?? 0
const PER_LINE = [
  'amount',
  'where',
  'isFlipped',
  'off',
  'remappedTo',
  'isTranslated',
  'hasOtherRate',
  'copies',
  'adjustment',
  'changedBy',
] as const

const rarely = <T>(none: T, some: fc.Arbitrary<T>, weight = 1) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(none) }, { weight, arbitrary: some })
const amount = fc.bigInt({ min: 100n, max: 90_000n }).chain((size) => fc.constantFrom(size, size, size, -size))
const line: fc.Arbitrary<LineFaults> = fc.record({
  amount,
  currency: fc.constantFrom('EUR' as const, 'EUR' as const, 'JPY' as const),
  group: fc.constantFrom('revenue', 'costs'),
  isMirrored: fc.constantFrom(false, false, false, true),
  where: rarely<LineFaults['where']>(
    'there',
    fc.constantFrom(
      'rejected',
      'held',
      'next_period',
      'other_entity',
      'other_scope',
      'lost',
      'withdrawn',
      'change_rejected',
      'change_held',
    ),
    6,
  ),
  isFlipped: rarely(false, fc.constant(true)),
  off: rarely(0n, fc.bigInt({ min: -ROUNDING_MAX, max: ROUNDING_MAX })),
  remappedTo: rarely('', fc.constantFrom('assets', 'other')),
  isTranslated: rarely(false, fc.constant(true)),
  hasOtherRate: rarely(false, fc.constant(true)),
  copies: rarely(0, fc.integer({ min: 1, max: 2 })),
  adjustment: rarely(0n, amount),
  changedBy: rarely(0n, amount),
})
const key: fc.Arbitrary<KeyFaults> = fc.record({
  lines: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(line).map((one) => [...one]) },
    { weight: 1, arbitrary: fc.array(line, { minLength: 2, maxLength: 4 }) },
  ),
  stray: rarely(0n, amount),
  hasNoKey: fc.integer({ min: 0, max: 29 }).map((n) => n === 29),
})
export const anyWorld = fc.array(key, { minLength: 1, maxLength: 12 })
export const hasFault = ({ lines }: KeyFaults) =>
  lines.some((faults) => PER_LINE.some((name) => name !== 'amount' && faults[name] && faults[name] !== 'there'))
