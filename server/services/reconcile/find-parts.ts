import type { Database } from '#db/client.ts'
import {
  KEYS_MAX,
  listDifferingKeys,
  listLinesOfKeys,
  type Compared,
  type DifferingKey,
  type FigureRow,
} from '#db/queries/comparison-sides.ts'
import type { NewPart } from '#db/queries/comparisons.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { formatMinor, subtractDecimals, sumDecimals } from '#server/domain/money.ts'

export type Found = { readonly parts: readonly NewPart[]; readonly isBounded: boolean }

/** What each side differs in from the first, in parts that sum to the difference exactly. */
export async function findParts(db: Database, compared: Compared, figures: readonly FigureRow[], asOf: number): Promise<Found> {
  const found = await Promise.all(
    compared.definition.sides.slice(1).map((_, i) => findPartsOf(db, compared, i + 1, figures, asOf)),
  )
  return { parts: found.flatMap(({ parts }) => parts), isBounded: found.some(({ isBounded }) => isBounded) }
}

async function findPartsOf(
  db: Database,
  compared: Compared,
  side: number,
  figures: readonly FigureRow[],
  asOf: number,
): Promise<Found> {
  const keys = await listDifferingKeys(db, compared, side, asOf)
  if (keys.length > KEYS_MAX) return { parts: wholeDifferences(side, figures), isBounded: true }
  const names = [...new Set(keys.map(({ key }) => key))]
  const lines = await listLinesOfKeys(db, compared, side, names, asOf)
  const parts = keys.map((differing): NewPart => {
    const own = lines.filter((line) => isOf(line, differing))
    const has = (of: number) => own.filter((line) => line.side === of)
    const amount = subtractDecimals(
      sumDecimals(has(side).map((line) => line.amount)),
      sumDecimals(has(0).map((line) => line.amount)),
    )
    return {
      ...differing,
      bucket: 'unexplained',
      amount,
      keys: Number(has(side).length > 0) - Number(has(0).length > 0),
      because: {},
      items: own.map((line) => ({
        side: line.side,
        kind: 'line',
        item_id: line.line_id,
        amount: line.amount,
        is_evidence: false,
      })),
    }
  })
  return { parts, isBounded: false }
}

const isOf = (a: Pick<DifferingKey, 'key' | 'account_group' | 'currency'>, b: DifferingKey) =>
  a.key === b.key && a.account_group === b.account_group && a.currency === b.currency

/** Where too much differs to look at each key: one unexplained part for each account group and currency. */
function wholeDifferences(side: number, figures: readonly FigureRow[]): NewPart[] {
  const groups = new Map(figures.map((figure) => [`${figure.account_group} ${figure.currency}`, figure]))
  return [...groups.values()].flatMap(({ account_group, currency }) => {
    const of = (wanted: number) =>
      figures.find((f) => f.side === wanted && f.account_group === account_group && f.currency === currency)
    const zero = formatMinor(0n, minorDigitsOf(currency) ?? 0)
    const amount = subtractDecimals(of(side)?.amount ?? zero, of(0)?.amount ?? zero)
    const keys = (of(side)?.keys ?? 0) - (of(0)?.keys ?? 0)
    return [
      {
        side,
        account_group,
        currency,
        bucket: 'unexplained',
        key: '',
        amount,
        keys: Math.sign(keys),
        because: { bounded: true },
        items: [],
      },
    ]
  })
}
