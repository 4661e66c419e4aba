/** Decimal text, exactly: no float ever holds a figure, and no digit is dropped or invented. */
const DECIMAL = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?$/

export type DecimalParts = {
  readonly negative: boolean
  readonly zero: boolean
  /** Grouped by threes: '1,234'. */
  readonly whole: string
  /** With its point: '.50', or '' when the text has none. */
  readonly fraction: string
}

/** Null when the text is not a plain decimal such as '-1234.50'. */
export function decimalParts(text: string): DecimalParts | null {
  const { sign, whole, fraction } = DECIMAL.exec(text)?.groups ?? {}
  if (whole === undefined) return null
  const zero = /^0*$/.test(whole + (fraction ?? ''))
  return {
    zero,
    negative: sign === '-' && !zero,
    whole: group(whole.replace(/^0+(?=\d)/, '')),
    fraction: fraction === undefined ? '' : `.${fraction}`,
  }
}

/** '-1,234.50': with a sign, for sentences and for the ear. */
export function groupedDecimal(text: string): string {
  const parts = decimalParts(text)
  return parts ? `${parts.negative ? '-' : ''}${parts.whole}${parts.fraction}` : text
}

/** A count of things: 14,212. */
export const groupedCount = (count: number | bigint): string => groupedDecimal(count.toString())

/** The exact sum, with as many digits as the longest fraction. Throws on text that is no decimal. */
export function sumDecimals(texts: readonly string[]): string {
  const scale = Math.max(0, ...texts.map((text) => fractionOf(text).length))
  const total = texts.reduce((sum, text) => sum + scaled(text, scale), 0n)
  return unscaled(total, scale)
}

export const subtractDecimals = (from: string, what: string): string =>
  sumDecimals([from, what.startsWith('-') ? what.slice(1) : `-${what}`])

export const isZeroDecimal = (text: string): boolean => decimalParts(text)?.zero ?? false

const group = (digits: string): string => digits.replace(/\B(?=(?:\d{3})+$)/g, ',')

function fractionOf(text: string): string {
  const groups = DECIMAL.exec(text)?.groups
  if (!groups) throw new RangeError(`Not a decimal: ${JSON.stringify(text)}`)
  return groups.fraction ?? ''
}

function scaled(text: string, scale: number): bigint {
  const fraction = fractionOf(text).padEnd(scale, '0')
  return BigInt((text.split('.')[0] ?? '') + fraction)
}

function unscaled(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return `${value < 0n ? '-' : ''}${whole}${scale ? `.${digits.slice(digits.length - scale)}` : ''}`
}
