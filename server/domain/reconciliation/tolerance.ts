import { magnitude } from './item.ts'

/** A share of an amount, exactly: 2% is 2/100. No float can say when 2% is 2%. */
export type Share = { readonly numerator: bigint; readonly denominator: bigint }

/** The largest difference that is accepted without a person. It never excuses a missing record. */
export type Tolerance = {
  /** Minor units by currency; a currency that is not listed has none. Null: the share decides alone. */
  readonly absolute: Readonly<Record<string, bigint>> | null
  readonly relative: Share | null
  /** The side whose amount the share is of. */
  readonly basis: 'first' | 'other'
  /** Where both are given: smaller, both must pass; larger, one is enough. */
  readonly both: 'smaller' | 'larger'
}
export const EXACT: Tolerance = { absolute: null, relative: null, basis: 'first', both: 'smaller' }

/** '2%' or '0.125%': a share below the whole, with its unit. Null for anything else. */
export function readShare(text: string): Share | null {
  const { whole, fraction = '' } = /^(?<whole>\d{1,2})(?:\.(?<fraction>\d{1,12}))?%$/.exec(text)?.groups ?? {}
  return whole === undefined ? null : { numerator: BigInt(whole + fraction), denominator: 100n * 10n ** BigInt(fraction.length) }
}

/** Exactly at the tolerance passes. */
export function isWithin(
  { absolute, relative, basis, both }: Tolerance,
  currency: string,
  first: bigint,
  other: bigint,
): boolean {
  const difference = magnitude(other - first)
  if (difference === 0n) return true
  const underAbsolute = absolute !== null && difference <= (absolute[currency] ?? 0n)
  if (relative === null) return underAbsolute
  const underRelative = difference * relative.denominator <= magnitude(basis === 'first' ? first : other) * relative.numerator
  if (absolute === null) return underRelative
  return both === 'smaller' ? underAbsolute && underRelative : underAbsolute || underRelative
}

export type Total = { readonly count: number; readonly minor: bigint }
export type Verdict = 'ties' | 'within_tolerance' | 'breaks'

/** Counts first: a record that is missing or too many breaks, however small it is. A surplus is a break like a shortage. */
export function judgeTotals(tolerance: Tolerance, currency: string, first: Total, other: Total): Verdict {
  if (first.count !== other.count) return 'breaks'
  if (first.minor === other.minor) return 'ties'
  return isWithin(tolerance, currency, first.minor, other.minor) ? 'within_tolerance' : 'breaks'
}

/** An upper bound of the differences that pass, whichever side has this amount. */
export function slackOf({ absolute, relative, both }: Tolerance, currency: string, amount: bigint): bigint {
  const byAmount = absolute === null ? null : (absolute[currency] ?? 0n)
  // Of the other side, which may be larger by the difference itself.
  const byShare = relative && (magnitude(amount) * relative.numerator) / (relative.denominator - relative.numerator)
  if (byAmount === null || byShare === null) return byAmount ?? byShare ?? 0n
  return (both === 'smaller') === byAmount < byShare ? byAmount : byShare
}
