import { minorDigitsOf } from '#server/domain/currency.ts'
import { formatMinor } from '#server/domain/money.ts'

/** Amounts of bank files are added up in hundred-thousandths: ISO 20022 allows five decimals. */
const SCALE = 5
/** 18 digits in all, as ISO 20022 has it; SWIFT allows 15 characters. */
const DIGITS_MAX = 18

/** '1234.5' or '1234,' with the given mark -> hundred-thousandths; null where it is no amount without a sign. */
export function unitsOf(text: string, mark: '.' | ','): bigint | null {
  const [whole = '', fraction = '', more] = text.split(mark)
  const isAmount = more === undefined && DIGITS.test(whole) && (fraction === '' || DIGITS.test(fraction))
  if (!isAmount || fraction.length > SCALE || whole.length + fraction.length > DIGITS_MAX) return null
  return BigInt(whole + fraction.padEnd(SCALE, '0'))
}

/** Minor units of a currency of so many decimals -> hundred-thousandths. */
export const unitsFrom = (minor: bigint, digits: number): bigint => minor * 10n ** BigInt(SCALE - digits)

export const isMinorUnits = (text: string): boolean => DIGITS.test(text) && text.length <= DIGITS_MAX

/** A plain decimal, with the decimals its currency has, and more only where there are more. */
export function decimalOf(units: bigint, currency: string): string {
  const text = formatMinor(units, SCALE)
  const digits = minorDigitsOf(currency) ?? 2
  let end = text.length
  while (end > text.length - SCALE + digits && text.endsWith('0', end)) end--
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end)
}

const DIGITS = /^\d+$/
