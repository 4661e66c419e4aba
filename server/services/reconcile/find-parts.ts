import type { Database } from '#db/client.ts'
import {
  KEYS_MAX,
  listDifferingKeys,
  listLinesOfKeys,
  type Compared,
  type FigureRow,
  type SideLine,
} from '#db/queries/comparison-sides.ts'
import type { ComparisonItem, NewPart } from '#db/queries/comparisons.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { formatMinor, subtractDecimals, sumDecimals } from '#server/domain/money.ts'
import type { Part } from '#server/domain/reconciliation/difference.ts'
import { digitsOf, unitsOf } from '#server/domain/reconciliation/item.ts'
import { splitDifference } from '#server/domain/reconciliation/split-difference.ts'
import { candidateOf, cellOf, namesItems, sumsOf, type Candidate } from './candidates.ts'
import { findEvidence, type Evidence } from './find-evidence.ts'

export type Found = { readonly parts: readonly NewPart[]; readonly isBounded: boolean }

/** What each side differs in from the first, in parts that sum to the difference exactly, each with the lines it was concluded from. */
export async function findParts(db: Database, compared: Compared, figures: readonly FigureRow[], asOf: number): Promise<Found> {
  const found: Found[] = []
  for (const [i] of compared.definition.sides.slice(1).entries())
    found.push(await findPartsOf(db, compared, i + 1, figures, asOf))
  return { parts: found.flatMap(({ parts }) => parts), isBounded: found.some(({ isBounded }) => isBounded) }
}

async function findPartsOf(
  db: Database,
  compared: Compared,
  side: number,
  figures: readonly FigureRow[],
  asOf: number,
): Promise<Found> {
  const differing = await listDifferingKeys(db, compared, side, asOf)
  if (differing.length === 0) return { parts: [], isBounded: false }
  if (differing.length > KEYS_MAX) return { parts: wholeDifferences(side, figures), isBounded: true }
  const keys = [...new Set(differing.map(({ key }) => key))]
  const cells = new Set(differing.map(cellOf))
  const lines = (await listLinesOfKeys(db, compared, side, keys, asOf)).filter((line) => cells.has(cellOf(line)))
  const digits = digitsOf(lines)
  const units = (amount: string, currency: string) => unitsOf(amount, digits.get(currency) ?? minorDigitsOf(currency) ?? 0)
  const candidates = namesItems(compared) ? lines.map((line) => candidateOf([line], units)) : sumsOf(lines, units)
  const evidence = await findEvidence(db, compared, side, keys, candidates, asOf, units)
  const split = splitDifference({
    items: candidates.map(({ item }) => item),
    ...evidence.known,
    adjustments: { first: ADJUSTED, other: ADJUSTED },
    rates: [],
    rounding: { absolute: roundingOf(compared, lines), relative: null, basis: 'first', both: 'smaller' },
    isKeyUnique: compared.definition.key.includes('source_key'),
    matches: [],
    digits: (currency) => digits.get(currency) ?? minorDigitsOf(currency) ?? 0,
  })
  const byId = new Map(candidates.map((candidate) => [candidate.item.id, candidate]))
  return { parts: split.map((part) => partOf(part, side, byId, evidence, digits)), isBounded: false }
}

/** Lines whose source says somebody adjusted them. */
const ADJUSTED: ReadonlySet<string> = new Set(['adjusted'])

const roundingOf = ({ definition }: Compared, lines: readonly SideLine[]): Record<string, bigint> =>
  Object.fromEntries(lines.map(({ currency }) => [currency, BigInt(definition.tolerance.rounding)]))

function partOf(
  { bucket, currency, group, minor, count, itemIds, evidenceIds, because }: Part,
  side: number,
  byId: ReadonlyMap<string, Candidate>,
  evidence: Evidence,
  digits: ReadonlyMap<string, number>,
): NewPart {
  const candidates = itemIds.map((id) => byId.get(id)!)
  const items = candidates.flatMap(({ lines }) =>
    lines.map(
      (line): ComparisonItem => ({
        side: line.side,
        kind: 'line',
        item_id: line.line_id,
        amount: line.amount,
        is_evidence: false,
      }),
    ),
  )
  const own = new Set(items.map(({ item_id }) => item_id))
  return {
    side,
    account_group: group,
    currency,
    bucket,
    key: candidates[0]?.item.key ?? '',
    amount: formatMinor(minor, digits.get(currency) ?? minorDigitsOf(currency) ?? 0),
    keys: count,
    because,
    items: [...items, ...evidenceIds.flatMap((id) => evidence.itemsOf(id)).filter(({ item_id }) => !own.has(item_id))],
  }
}

/** Where too much differs to look at each key: one unexplained part for each account group and currency. */
function wholeDifferences(side: number, figures: readonly FigureRow[]): NewPart[] {
  const groups = new Map(figures.map((figure) => [`${figure.account_group} ${figure.currency}`, figure]))
  return [...groups.values()].flatMap(({ account_group, currency }): NewPart[] => {
    const of = (wanted: number) =>
      figures.filter((f) => f.side === wanted && f.account_group === account_group && f.currency === currency)
    const amount = subtractDecimals(
      sumDecimals(of(side).map((figure) => figure.amount)),
      sumDecimals(of(0).map((figure) => figure.amount)),
    )
    const keys = (of(side)[0]?.keys ?? 0) - (of(0)[0]?.keys ?? 0)
    return [
      { side, account_group, currency, bucket: 'unexplained', key: '', amount, keys, because: { kind: 'bounded' }, items: [] },
    ]
  })
}
