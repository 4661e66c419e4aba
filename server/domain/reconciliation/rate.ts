import { EUR_CLOSING, exactly, rounded } from '../fx.ts'
import { magnitude } from './item.ts'

/** One line of the governed table of rates: a unit of `from` is `rate` units of `to`. Decimal text, never a float. */
export type Rate = {
  readonly from: string
  readonly to: string
  readonly rate: string
  readonly on: string
  readonly version: string
}

export type Digits = (currency: string) => number

const exactlyBy = (minor: bigint, rate: Rate, digits: Digits) =>
  exactly(minor, { digits: digits(rate.from), toDigits: digits(rate.to) }, [{ rate, is: 'multiplied' }])

/** To the nearest minor unit, halves as everywhere. */
export const translate = (minor: bigint, rate: Rate, digits: Digits): bigint =>
  rounded(...exactlyBy(minor, rate, digits), EUR_CLOSING.rounding)

/** Whether an amount is a translation of another: systems round halves up, down or to even, and each of them is right. */
export function isTranslation(minor: bigint, translated: bigint, rate: Rate, digits: Digits): boolean {
  const [numerator, denominator] = exactlyBy(minor, rate, digits)
  return 2n * magnitude(translated * denominator - numerator) <= denominator
}
