import { minorDigitsOf, minorOf } from '../currency.ts'
import { formatMinor } from '../money.ts'
import type { ReconciliationDefinition } from './definition.ts'
import { magnitude } from './item.ts'
import type { Bucket } from './state.ts'
import { readShare } from './tolerance.ts'
import type { BudgetLine } from './tolerance-budget.ts'

type Figure = { readonly side: number; readonly account_group: string; readonly currency: string; readonly amount: string }
type Part = Figure & {
  readonly bucket: Bucket
  readonly key: string
  readonly keys: number
  readonly because: Readonly<Record<string, unknown>>
}
type Explanation = Figure & { readonly key: string }

/** What is left of the difference of a side, account group and currency. Amounts in units of the currency, side minus first. */
export type Rest = {
  readonly side: number
  readonly accountGroup: string
  readonly currency: string
  /** What people explained. */
  readonly explained: string
  /** What nobody and nothing explains, and how much that is without regard to sign. */
  readonly unexplained: string
  readonly gross: string
  /** Keys of the rest that one side does not have: no tolerance excuses them. */
  readonly missing: number
  /** More differs than is looked into: what records are behind the sum nobody knows, so it is never accepted. */
  readonly isBounded: boolean
  /** The largest rest that is accepted. */
  readonly tolerance: string
  readonly isAccepted: boolean
}

/**
 * What of each difference is unexplained after what people said of it, and whether that is accepted. An explanation counts for as long
 * as its key is unexplained by itself; what it does not cover, or covers too much, is left.
 */
export function restsOf(
  figures: readonly Figure[],
  parts: readonly Part[],
  explanations: readonly Explanation[],
  tolerance: ReconciliationDefinition['tolerance'],
): Rest[] {
  const rests = new Map<string, Summed>()
  const said = new Map<string, bigint>()
  for (const one of explanations) said.set(keyOf(one), (said.get(keyOf(one)) ?? 0n) + minorOf(one.amount, one.currency))
  for (const [key, unexplained] of byKey(parts.filter(({ bucket }) => bucket === 'unexplained'))) {
    const { part } = unexplained
    const explained = said.get(key) ?? 0n
    const left = unexplained.minor - explained
    const none = { first: part, explained: 0n, unexplained: 0n, gross: 0n, missing: 0, isBounded: false }
    const rest = rests.get(figureKey(part)) ?? none
    rest.explained += explained
    rest.unexplained += left
    rest.gross += magnitude(left)
    if (left !== 0n && unexplained.isMissing) rest.missing++
    rest.isBounded ||= part.because.kind === 'bounded'
    rests.set(figureKey(part), rest)
  }
  return [...rests.values()].map(({ first, explained, unexplained, gross, missing, isBounded }) => {
    const { side, account_group: accountGroup, currency } = first
    const digits = minorDigitsOf(currency) ?? 0
    const figure = figures.find((one) => one.side === 0 && one.account_group === accountGroup && one.currency === currency)
    const largest = largestAccepted(tolerance, currency, figure ? minorOf(figure.amount, figure.currency) : 0n)
    return {
      side,
      accountGroup,
      currency,
      explained: formatMinor(explained, digits),
      unexplained: formatMinor(unexplained, digits),
      gross: formatMinor(gross, digits),
      missing,
      isBounded,
      tolerance: formatMinor(largest, digits),
      isAccepted: !isBounded && (gross === 0n || (missing === 0 && gross <= largest)),
    }
  })
}

type Summed = {
  first: Part
  explained: bigint
  unexplained: bigint
  gross: bigint
  missing: number
  isBounded: boolean
}

/** Everything is explained or within its tolerance, and what was accepted without a person within its budget. */
export const isReady = ({
  rests,
  budget,
}: {
  readonly rests: readonly Rest[]
  readonly budget: readonly BudgetLine[]
}): boolean => rests.every(({ isAccepted }) => isAccepted) && !budget.some(({ isOverCap }) => isOverCap)

/** Minor units: the absolute one, or the share of the first side; the smaller where both are given. A share is rounded down, so that nothing above it passes. */
function largestAccepted({ absolute, relative }: ReconciliationDefinition['tolerance'], currency: string, first: bigint): bigint {
  const given = absolute[currency]
  const fixed = given === undefined ? null : minorOf(given, currency)
  const share = relative === undefined ? null : readShare(relative)
  if (share === null) return fixed ?? 0n
  const part = (magnitude(first) * share.numerator) / share.denominator
  return fixed === null || part < fixed ? part : fixed
}

/** Unexplained parts of one key are one break. */
function byKey(parts: readonly Part[]) {
  const keys = new Map<string, { part: Part; minor: bigint; isMissing: boolean }>()
  for (const part of parts) {
    const found = keys.get(keyOf(part))
    keys.set(keyOf(part), {
      part,
      minor: (found?.minor ?? 0n) + minorOf(part.amount, part.currency),
      isMissing: (found?.isMissing ?? false) || part.keys !== 0,
    })
  }
  return keys
}

const figureKey = ({ side, account_group, currency }: Figure) => `${side} ${currency} ${account_group}`
const keyOf = (part: Figure & { readonly key: string }) => `${figureKey(part)} ${part.key}`
