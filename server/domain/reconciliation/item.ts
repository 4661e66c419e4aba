import { minorDigitsOf } from '../currency.ts'

/** What is compared: a line, or a sum of lines, of one side. Amounts have the common sign of the definition already. */
export type Item = {
  readonly id: string
  /** 0 is the side that the others are compared with. */
  readonly side: number
  /** What both sides call the same thing; '' where that is not known. */
  readonly key: string
  readonly currency: string
  /** Whole units of 10^-digits, see digitsOf. */
  readonly minor: bigint
  /** ISO date. */
  readonly on: string | null
  readonly reference: string | null
  /** Account group: differences are split within each. */
  readonly group: string
  readonly status: string
  /** What it was before somebody changed it by hand, where the side's own history says so. */
  readonly was?: bigint | null
  /** What it was translated from, where its amount is a translation. */
  readonly original?: { readonly currency: string; readonly minor: bigint } | null
}

/**
 * The decimals that amounts of each currency are counted in: those of ISO 4217, and more where one of the amounts has more. So nothing
 * is rounded before it is compared: a cent split in three is a difference, and shown as one. Of all sides of a comparison at once.
 */
export function digitsOf(amounts: Iterable<{ readonly currency: string; readonly amount: string }>): Map<string, number> {
  const digits = new Map<string, number>()
  for (const { currency, amount } of amounts) {
    const point = amount.indexOf('.')
    const written = point === -1 ? 0 : amount.replace(/0+$/, '').length - point - 1
    digits.set(currency, Math.max(written, digits.get(currency) ?? minorDigitsOf(currency) ?? 0))
  }
  return digits
}

/** '-12.345' in units of a hundredth is refused: digitsOf says how many digits it takes. */
export function unitsOf(amount: string, digits: number): bigint {
  const { sign = '', whole, fraction = '' } = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?$/.exec(amount)?.groups ?? {}
  if (whole === undefined || /[1-9]/.test(fraction.slice(digits)))
    throw new Error(`'${amount}' is no amount of ${digits} decimals`)
  return BigInt(sign + whole + fraction.slice(0, digits).padEnd(digits, '0'))
}

export const magnitude = (minor: bigint): bigint => (minor < 0n ? -minor : minor)
export const byId = <T extends { readonly id: string }>(list: readonly T[]): T[] => [...list].sort((a, b) => byText(a.id, b.id))
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
export const byAmount = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
