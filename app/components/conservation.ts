import type { CONSERVED } from '#server/domain/run.ts'
import { isZeroDecimal, subtractDecimals, sumDecimals } from '#app/ui/decimal.ts'

export type Outcome = (typeof CONSERVED)[number]
const OUTCOMES = ['new', 'changed', 'unchanged', 'duplicate', 'rejected'] as const satisfies readonly Outcome[]

/** Amounts are decimal text of one currency; null where the source gave none that could be read. */
export type Measure = { readonly count: number; readonly amount: string | null }
/** corrected: what was judged minus what the source said; left out where nothing was corrected. */
export type Conservation = { readonly extracted: Measure; readonly corrected?: Measure } & { readonly [Of in Outcome]: Measure }

export type WaterfallPart = 'extracted' | 'corrected' | 'accepted' | Outcome | 'missing'
export type WaterfallRow = Measure & {
  readonly part: WaterfallPart
  /** Where its bar begins and how long it is, in records. */
  readonly from: number
  readonly length: number
}

export type Waterfall = {
  readonly rows: readonly WaterfallRow[]
  readonly holds: boolean
  /** extracted and corrected minus all that was accounted for. */
  readonly missing: Measure
}

/** Lays out extracted -> corrected -> accepted -> its parts -> rejected, and says whether the equation holds in records and money. */
export function waterfallOf(given: Conservation): Waterfall {
  const { extracted, corrected, rejected } = given
  const judged: Measure = corrected
    ? { count: extracted.count + corrected.count, amount: sumOf([extracted, corrected]) }
    : extracted
  const accepted = OUTCOMES.filter((outcome) => outcome !== 'rejected').map((outcome) => given[outcome])
  const acceptedTotal: Measure = { count: accepted.reduce((sum, { count }) => sum + count, 0), amount: sumOf(accepted) }
  const accounted = sumOf([acceptedTotal, rejected])
  const missing: Measure = {
    count: judged.count - acceptedTotal.count - rejected.count,
    amount: judged.amount === null || accounted === null ? null : subtractDecimals(judged.amount, accounted),
  }
  const rows: WaterfallRow[] = [
    { part: 'extracted', ...extracted, from: 0, length: extracted.count },
    ...(corrected
      ? [
          {
            part: 'corrected' as const,
            ...corrected,
            from: Math.min(extracted.count, judged.count),
            length: Math.abs(corrected.count),
          },
        ]
      : []),
    { part: 'accepted', ...acceptedTotal, from: 0, length: acceptedTotal.count },
  ]
  let from = 0
  for (const outcome of OUTCOMES) {
    const { count } = given[outcome]
    rows.push({ part: outcome, ...given[outcome], from, length: count })
    from += count
  }
  const holds = missing.count === 0 && (missing.amount === null || isZeroDecimal(missing.amount))
  if (!holds) rows.push({ part: 'missing', ...missing, from: Math.min(from, judged.count), length: Math.abs(missing.count) })
  return { rows, holds, missing }
}

/** Null as soon as one part has no amount: half a sum would look like a whole one. */
function sumOf(measures: readonly Measure[]): string | null {
  const amounts = measures.map(({ amount }) => amount)
  return amounts.includes(null) ? null : sumDecimals(amounts as string[])
}
