import { minorDigitsOf } from './currency.ts'

/** One unit of `base` is `rate` units of `quote`. `publication`: since when we know it like this. */
export type FxRate = {
  readonly base: string
  readonly quote: string
  readonly kind: string
  readonly date: string
  /** As its source wrote it: a decimal. */
  readonly rate: string
  readonly source: string
  readonly publication: number
}

/** half-even: to the even neighbour (bankers'); commercial: away from zero. Both only where the rest is exactly a half. */
export const ROUNDINGS = ['half-even', 'commercial'] as const
export type Rounding = (typeof ROUNDINGS)[number]

/** Which rates a ledger translates by: said, never guessed. */
export type FxPolicy = {
  readonly kind: string
  readonly rounding: Rounding
  /** Between two currencies that no rate joins: through this one, by both rates. */
  readonly through: string
  /** A rate may be this many days older than the day it is used for: weekends and holidays have none of their own. */
  readonly oldestDays: number
}
export const EUR_CLOSING: FxPolicy = { kind: 'closing', rounding: 'half-even', through: 'EUR', oldestDays: 10 }

export type FxLeg = {
  readonly rate: FxRate
  /** divided: the rate is that of the way back. */
  readonly is: 'multiplied' | 'divided'
  /** Days between the rate and the day it is used for; 0 where it is of the day itself. */
  readonly daysOld: number
}
export type Translation = {
  /** In minor units of `currency`. */
  readonly minor: bigint
  readonly currency: string
  readonly on: string
  /** None for an amount that is in the currency already, two through a third currency. */
  readonly legs: readonly FxLeg[]
  readonly rounding: Rounding
}
export type Untranslated = { readonly problem: 'currency_unknown' | 'rate_missing' | 'rate_too_old'; readonly detail: string }

/** The newest rate on or before a day; undefined where there is none. */
export type FindRate = (base: string, quote: string, kind: string, on: string) => FxRate | undefined

/**
 * Translates exactly: the whole fraction is taken along and rounded once, to the minor units of the target. Says by which rates, of which day and
 * in which version; never by a rate that is not there.
 */
export function translate(
  amount: { readonly minor: bigint; readonly currency: string },
  to: string,
  on: string,
  find: FindRate,
  policy: FxPolicy = EUR_CLOSING,
): Translation | Untranslated {
  const from = amount.currency
  const [digits, toDigits] = [minorDigitsOf(from), minorDigitsOf(to)]
  if (digits === undefined || toDigits === undefined) {
    return { problem: 'currency_unknown', detail: digits === undefined ? from : to }
  }
  const { kind, rounding, through } = policy
  const leg = (base: string, quote: string) => legOf(base, quote, on, kind, find)
  const direct = from === to ? [] : [leg(from, to)]
  const crossed = from === through || to === through ? direct : [leg(from, through), leg(through, to)]
  const found = direct.every((one) => one !== undefined) ? direct : crossed
  const legs = found.filter((one) => one !== undefined)
  if (legs.length < found.length)
    return { problem: 'rate_missing', detail: `no ${kind} rate of ${from} in ${to} on or before ${on}` }
  const old = legs.find(({ daysOld }) => daysOld > policy.oldestDays)
  if (old) {
    const { base, quote, date } = old.rate
    return { problem: 'rate_too_old', detail: `the newest ${kind} rate of ${base} in ${quote} on or before ${on} is of ${date}` }
  }
  const exact = exactly(amount.minor, { digits, toDigits }, legs)
  return { minor: rounded(...exact, rounding), currency: to, on, legs, rounding }
}

/** Minor units of the target before they are rounded: numerator and denominator. Everything that translates does it by this. */
export function exactly(
  minor: bigint,
  { digits, toDigits }: { readonly digits: number; readonly toDigits: number },
  legs: readonly { readonly rate: { readonly rate: string }; readonly is: FxLeg['is'] }[],
): [numerator: bigint, denominator: bigint] {
  let [numerator, denominator] = [minor * 10n ** BigInt(toDigits), 10n ** BigInt(digits)]
  for (const { rate, is } of legs) {
    const [up, down] = fractionOf(rate.rate)
    numerator *= is === 'multiplied' ? up : down
    denominator *= is === 'multiplied' ? down : up
  }
  return [numerator, denominator]
}

function legOf(from: string, to: string, on: string, kind: string, find: FindRate): FxLeg | undefined {
  const there = find(from, to, kind, on)
  const back = find(to, from, kind, on)
  // Of the two the newer; of one day the one that is written like this.
  const isThere = there !== undefined && (back === undefined || there.date >= back.date)
  const rate = isThere ? there : back
  return rate && { rate, is: isThere ? 'multiplied' : 'divided', daysOld: daysBetween(rate.date, on) }
}

const DAY_MS = 86_400_000
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS)

/** '1.0871' -> 10871 / 10000. */
function fractionOf(rate: string): [bigint, bigint] {
  const [whole = '', fraction = ''] = rate.split('.')
  return [BigInt(whole + fraction), 10n ** BigInt(fraction.length)]
}

/** The nearest whole number; the sign has no say in what is nearest. */
export function rounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const isNegative = numerator < 0n !== denominator < 0n
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator]
  const whole = n / d
  const twice = (n % d) * 2n
  const isUp = twice > d || (twice === d && (rounding === 'commercial' || whole % 2n === 1n))
  const size = isUp ? whole + 1n : whole
  return isNegative ? -size : size
}
