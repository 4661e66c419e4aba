import { Amount } from '#app/components/amount.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { sumDecimals } from '#app/ui/decimal.ts'

export type Covered = {
  readonly entity: string
  readonly period: string
  readonly currency: string
  readonly count: number
  readonly debit: string
}

/** In one breath, before anybody decides: how many records, which amounts, which periods. Currencies stand apart. */
export function WhatItCovers({ rows, verb }: { rows: readonly Covered[]; verb: string }) {
  if (rows.length === 0) return null
  const { records, currencies, periods, entities } = coverOf(rows)
  return (
    <p>
      {verb} <span className="font-strong">{counted(records, 'record')}</span>
      {currencies.length > 0 && ': '}
      {currencies.map(({ currency, debit }, index) => (
        <span key={currency}>
          {index > 0 && ', '}
          <Amount value={debit} currency={currency} withCurrency inline />
        </span>
      ))}
      {currencies.length > 0 && ' debit'}
      {periods.length > 0 && `, ${rangeOf(periods)}`}
      {entities.length > 0 && `, ${counted(entities.length, 'entity', 'entities')}`}.
    </p>
  )
}

export function coverOf(rows: readonly Covered[]) {
  const distinct = (pick: (row: Covered) => string) => [...new Set(rows.map(pick))].filter((code) => code !== '').sort()
  return {
    records: rows.reduce((sum, { count }) => sum + count, 0),
    currencies: distinct(({ currency }) => currency).map((currency) => ({
      currency,
      debit: sumDecimals(rows.filter((row) => row.currency === currency).map(({ debit }) => debit)),
    })),
    periods: distinct(({ period }) => period),
    entities: distinct(({ entity }) => entity),
  }
}

/** One period by name, several from first to last with how many they are: there may be gaps between. */
const rangeOf = (periods: readonly string[]): string =>
  periods.length === 1 ? `period ${periods[0]}` : `${periods.length} periods from ${periods[0]} to ${periods.at(-1)}`
