import type { Item } from './item.ts'
import type { Match } from './match.ts'
import type { Digits, Rate } from './rate.ts'
import type { Bucket } from './state.ts'
import type { Tolerance } from './tolerance.ts'

/** Why a part of a difference is there. What is unexplained has a hint: where to begin looking. */
export type Because =
  | { readonly kind: 'other_period'; readonly period: string }
  | { readonly kind: 'in_flight'; readonly runId: string; readonly why: InFlight['why'] }
  | { readonly kind: 'rejected'; readonly exceptionIds: readonly string[] }
  | { readonly kind: 'other_entity'; readonly entity: string }
  | { readonly kind: 'other_group'; readonly from: string; readonly to: string }
  /** The same key and amount in another number of records. */
  | { readonly kind: 'other_count' }
  | { readonly kind: 'rate'; readonly rates: readonly Rate[] }
  | { readonly kind: 'rounding' }
  /** Within the tolerance of the rule that matched them. */
  | { readonly kind: 'matched'; readonly rule: string }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'adjustment'; readonly status: string }
  | { readonly kind: Hint }
export const HINTS = ['sign_reversed', 'amount_differs', 'missing', 'surplus'] as const
export type Hint = (typeof HINTS)[number]

/** The one table from cause to bucket. */
export const BUCKET_OF = {
  other_period: 'cut_off_timing',
  in_flight: 'in_flight',
  rejected: 'rejected',
  other_entity: 'mapping_and_scope',
  other_group: 'mapping_and_scope',
  other_count: 'mapping_and_scope',
  rate: 'fx_and_rounding',
  rounding: 'fx_and_rounding',
  matched: 'fx_and_rounding',
  duplicate: 'duplicate',
  adjustment: 'manual_adjustment',
  sign_reversed: 'unexplained',
  amount_differs: 'unexplained',
  missing: 'unexplained',
  surplus: 'unexplained',
} as const satisfies Record<Because['kind'], Bucket>

/** A signed part of the difference of one currency and account group: the side minus the first. */
export type Part = {
  readonly bucket: Bucket
  readonly currency: string
  readonly group: string
  readonly minor: bigint
  /** Records the side has more than the first. */
  readonly count: number
  readonly itemIds: readonly string[]
  /** What it was concluded from: lines outside the slice, records that wait. They are no part of the sum. */
  readonly evidenceIds: readonly string[]
  readonly because: Because
}

/** What is known of a record that is not among the items: the side where it would stand, its key and its exact amount. */
type Known = {
  readonly id: string
  readonly side: number
  readonly key: string
  readonly currency: string
  readonly minor: bigint
}

/** A line outside the slice that has the key of an item, of either side: what ties there is told by both. Only what differs is said. */
export type Elsewhere = Known & {
  readonly period?: string
  readonly entity?: string
  readonly group?: string
}

/** A record that the side would have, or that would change one it has, had it not been rejected. */
export type Waiting = Known & {
  readonly exceptionIds: readonly string[]
  /** The item of the side that it would take the place of. */
  readonly replaces?: string
}

/** A record that is on its way to the side. Null: the item it replaces is withdrawn, and that is on its way. */
export type InFlight = Omit<Known, 'minor'> & {
  readonly minor: bigint | null
  readonly runId: string
  readonly why: 'held' | 'published_after'
  readonly replaces?: string
}

/** One side beside the first, and all that is known of what did not tie. */
export type Situation = {
  /** Of both sides: what did not tie. */
  readonly items: readonly Item[]
  readonly elsewhere: readonly Elsewhere[]
  readonly waiting: readonly Waiting[]
  readonly inFlight: readonly InFlight[]
  /** Statuses that mark what somebody booked by hand on that side alone: nobody expects it on the other. */
  readonly adjustments: { readonly first: ReadonlySet<string>; readonly other: ReadonlySet<string> }
  readonly rates: readonly Rate[]
  /** What one item may be off and be called rounding. */
  readonly rounding: Tolerance
  /** The key names one record: what is there twice is there once too often, on the first side as well. */
  readonly isKeyUnique: boolean
  /** Items that belong together whatever their keys. */
  readonly matches: readonly Match[]
  readonly digits: Digits
}
