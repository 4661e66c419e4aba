import { groupedDecimal, groupedCount } from '#app/ui/decimal.ts'
import { Figure } from '#app/ui/figure.tsx'

export type AmountProps = {
  /** Decimal text with the digits of its currency, '-1234.50'. Null: there is none, which is not zero. */
  value: string | null
  /** ISO 4217. In a table it stands in its own column (align="currency"); here it is for the ear. */
  currency: string
  /** The code before the figure: wherever no column says it. */
  withCurrency?: boolean
  /** A plus before what is positive. Differences use <Delta>. */
  signed?: boolean
  /** In a sentence: no space is kept for a bracket. */
  inline?: boolean
  /** The most fraction digits in this column, where it mixes currencies. */
  alignTo?: number
}

/** An amount of money. Never a number: the text comes exact from the database and is shown digit by digit. */
export function Amount({ value, currency, withCurrency = false, signed = false, inline = false, alignTo = 0 }: AmountProps) {
  return (
    <span className="whitespace-nowrap">
      {withCurrency && <span className="amount-currency">{currency} </span>}
      <Figure value={value} signed={signed} inline={inline} alignTo={alignTo} />
      {!withCurrency && <span className="visually-hidden"> {currency}</span>}
    </span>
  )
}

/** A count of things. Null: not counted. */
export function Count({ value, inline = false }: { value: number | bigint | null; inline?: boolean }) {
  if (value === null) return <span className="text-ink-3">n/a</span>
  if (value.toString() === '0' && !inline) return <Figure value="0" inline />
  return (
    <span className="amount" data-plain={value.toString()}>
      {groupedCount(value)}
    </span>
  )
}

/** For texts that are not elements: titles, aria labels. '-1,234.50 EUR' */
export const amountText = (value: string | null, currency: string): string =>
  value === null ? 'n/a' : `${groupedDecimal(value)} ${currency}`
