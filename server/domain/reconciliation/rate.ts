import { magnitude } from './item.ts'

/** One line of the governed table of rates: a unit of `from` is `rate` units of `to`. Decimal text, never a float. */
export type Rate = {
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly on: string
  readonly version: string
}

/** Exact: minor units of `to`, as a fraction. */
function exactly(minor: bigint, rate: Rate, digits: Digits) {
  const [whole = '', fraction = ''] = rate.rate.split('.')
  return {
    numerator: minor * BigInt(whole + fraction) * 10n ** BigInt(digits(rate.to)),
    denominator: 10n ** BigInt(fraction.length + digits(rate.from)),
  }
}
export type Digits = (currency: string) => number

/** To the nearest minor unit, halves away from zero. */
export function translate(minor: bigint, rate: Rate, digits: Digits): bigint {
  const { numerator, denominator } = exactly(minor, rate, digits)
  const rounded = (2n * magnitude(numerator) + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/** Whether an amount is a translation of another: systems round halves up, down or to even, and each of them is right. */
export function isTranslation(minor: bigint, translated: bigint, rate: Rate, digits: Digits): boolean {
  const { numerator, denominator } = exactly(minor, rate, digits)
  return 2n * magnitude(translated * denominator - numerator) <= denominator
}
