import { minorDigitsOf, minorOf } from '../currency.ts'
import { formatMinor } from '../money.ts'
import type { ReconciliationDefinition } from './definition.ts'
import { byText, magnitude } from './item.ts'

/** A small difference that a rule accepted without a person: other minus first. */
export type Accepted = {
  readonly entity: string
  readonly period: string
  readonly currency: string
  readonly rule: string
  readonly minor: bigint
}

/** What was accepted for one entity, period, currency and rule. */
export type Spent = Omit<Accepted, 'minor'> & {
  /** Differences above zero, and below. */
  readonly over: number
  readonly under: number
  readonly signed: bigint
  readonly absolute: bigint
}

export function sumAccepted(accepted: Iterable<Accepted>): Spent[] {
  const sums = new Map<string, { -readonly [Key in keyof Spent]: Spent[Key] }>()
  for (const { entity, period, currency, rule, minor } of accepted) {
    const name = [entity, period, currency, rule].join('\u0000')
    const sum = sums.get(name) ?? { entity, period, currency, rule, over: 0, under: 0, signed: 0n, absolute: 0n }
    sums.set(name, sum)
    if (minor > 0n) sum.over++
    if (minor < 0n) sum.under++
    sum.signed += minor
    sum.absolute += magnitude(minor)
  }
  return [...sums].sort(([a], [b]) => byText(a, b)).map(([, sum]) => sum)
}

export type BudgetVerdict = {
  /** More was accepted than the cap, whatever the signs: what cancels out was accepted all the same. Exactly the cap passes. */
  readonly isOverCap: boolean
  /** The side on which more differences are than chance would have it. */
  readonly bias: 'over' | 'under' | null
}

/** `cap`: minor units; null: there is none. */
export function judgeSpent({ over, under, absolute }: Spent, cap: bigint | null): BudgetVerdict {
  const bias = isOneSided(over, under) ? (over > under ? 'over' : 'under') : null
  return { isOverCap: cap !== null && absolute > cap, bias }
}

/** Fewer say nothing. */
export const BIAS_COUNT_MIN = 30
/** Of an honest budget one in so many is called biased. */
const BIAS_ONE_IN = 1_000n
/** Up to here every outcome is counted. */
const EXACT_MAX = 2_000
/** 2 ln(2 · BIAS_ONE_IN), rounded up, in ten-thousandths. */
const HOEFFDING = 152_019n

/**
 * The sign test (Arbuthnot 1710; Dixon and Mood, J. Am. Stat. Assoc. 41, 1946), two-sided: were over and under as likely as heads and tails,
 * a split at least as uneven would come up less than once in a thousand. Counted in whole numbers. Where there are too many to count,
 * the bound of Hoeffding (J. Am. Stat. Assoc. 58, 1963), P(|over - under| >= d) <= 2 exp(-d²/2n): it never calls biased what is not.
 */
export function isOneSided(over: number, under: number): boolean {
  const [count, fewer] = [over + under, Math.min(over, under)]
  if (count < BIAS_COUNT_MIN || over === under) return false
  const n = BigInt(count)
  if (count > EXACT_MAX) {
    const apart = BigInt(over - under)
    return apart * apart * 10_000n >= HOEFFDING * n
  }
  let ways = 1n
  let tail = 1n
  for (let k = 1n; k <= BigInt(fewer); k++) {
    ways = (ways * (n - k + 1n)) / k
    tail += ways
  }
  return 2n * tail * BIAS_ONE_IN < 2n ** n
}

/** What one rule accepted in one currency, in units of it, and what the definition says of that. */
export type BudgetLine = Pick<Spent, 'currency' | 'rule' | 'over' | 'under'> &
  BudgetVerdict & {
    readonly signed: string
    readonly absolute: string
    readonly cap: string
  }
type Part = { readonly currency: string; readonly amount: string; readonly because: Readonly<Record<string, unknown>> }

export const ROUNDING_RULE = 'Rounding'

/**
 * The differences a comparison accepted one by one without a person: as rounding, or within the tolerance of the rule that matched
 * their lines. What the tolerance of the definition lets pass is bounded by it as a whole and is not among them.
 */
export function budgetOf(
  { entity, period }: { readonly entity: string; readonly period: string },
  parts: readonly Part[],
  { budget = {} }: ReconciliationDefinition['tolerance'],
): BudgetLine[] {
  const accepted = parts.flatMap(({ currency, amount, because }): Accepted[] => {
    const rule = because.kind === 'rounding' ? ROUNDING_RULE : because.kind === 'matched' ? String(because.rule) : null
    return rule === null ? [] : [{ entity, period, currency, rule, minor: minorOf(amount, currency) }]
  })
  return sumAccepted(accepted).map((spent) => {
    const { currency, rule, over, under, signed, absolute } = spent
    const text = (minor: bigint) => formatMinor(minor, minorDigitsOf(currency) ?? 0)
    const cap = minorOf(budget[currency] ?? '0', currency)
    return {
      currency,
      rule,
      over,
      under,
      signed: text(signed),
      absolute: text(absolute),
      cap: text(cap),
      ...judgeSpent(spent, cap),
    }
  })
}
