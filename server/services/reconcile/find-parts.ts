import type { Database } from '#db/client.ts'
import { KEYS_MAX, listDifferingLines, type DifferingKey, type SidesRead } from '#db/queries/comparison-pairs.ts'
import type { Compared, FigureRow, SideLine } from '#db/queries/comparison-sides.ts'
import type { ComparisonItem, NewPart } from '#db/queries/comparisons.ts'
import type { MatchAct, NewMatch } from '#db/queries/matches.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { formatMinor, subtractDecimals, sumDecimals } from '#server/domain/money.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import type { Part } from '#server/domain/reconciliation/difference.ts'
import { digitsOf, unitsOf } from '#server/domain/reconciliation/item.ts'
import { splitDifference } from '#server/domain/reconciliation/split-difference.ts'
import { candidateOf, cellOf, sumsOf, type Candidate } from './candidates.ts'
import { findMatches } from './find-matches.ts'
import { findRates } from './find-rates.ts'
import { findEvidence, type Evidence } from './find-evidence.ts'

export type Found = {
  readonly parts: readonly NewPart[]
  readonly matches: readonly NewMatch[]
  readonly isBounded: boolean
}

/** What each side differs in from the first, in parts that sum to the difference exactly, each with the lines it was concluded from. */
export async function findParts(
  db: Database,
  compared: Compared,
  { figures, differing }: SidesRead,
  acts: readonly MatchAct[],
  asOf: number,
): Promise<Found> {
  const found: Found[] = []
  for (const [i, ofSide] of differing.entries()) {
    const isBounded = ofSide.length > KEYS_MAX
    if (isBounded) found.push({ parts: wholeDifferences(i + 1, figures), matches: [], isBounded })
    else if (ofSide.length > 0) found.push(await findPartsOf(db, compared, i + 1, ofSide, acts, asOf))
  }
  return {
    parts: found.flatMap(({ parts }) => parts),
    matches: found.flatMap(({ matches }) => matches),
    isBounded: found.some(({ isBounded }) => isBounded),
  }
}

async function findPartsOf(
  db: Database,
  compared: Compared,
  side: number,
  differing: readonly DifferingKey[],
  acts: readonly MatchAct[],
  asOf: number,
): Promise<Found> {
  const keys = [...new Set(differing.map(({ key }) => key))]
  const cells = new Set(differing.map(cellOf))
  const lines = (await listDifferingLines(db, compared, side, differing, asOf)).filter((line) => cells.has(cellOf(line)))
  const digits = digitsOf(lines)
  const digitsIn = (currency: string) => digits.get(currency) ?? minorDigitsOf(currency) ?? 0
  const units = (amount: string, currency: string) => unitsOf(amount, digitsIn(currency))
  const candidates = namesItems(compared.definition.key) ? lines.map((line) => candidateOf([line], units)) : sumsOf(lines, units)
  const evidence = await findEvidence(db, compared, side, keys, candidates, asOf, units)
  const matched = findMatches(candidates, compared.definition, side, acts, digitsIn)
  const split = splitDifference({
    items: candidates.map(({ item }) => item),
    ...evidence.known,
    adjustments: { first: ADJUSTED, other: ADJUSTED },
    rates: await findRates(db, compared.definition, lines, asOf),
    rounding: { absolute: roundingOf(compared, lines), relative: null, basis: 'first', both: 'smaller' },
    isKeyUnique: compared.definition.key.includes('source_key'),
    matches: matched.matches,
    digits: digitsIn,
  })
  const byId = new Map(candidates.map((candidate) => [candidate.item.id, candidate]))
  const parts = split.map((part) => partOf(part, side, byId, evidence, digitsIn))
  return { parts, matches: matched.kept, isBounded: false }
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
  digitsIn: (currency: string) => number,
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
    amount: formatMinor(minor, digitsIn(currency)),
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
