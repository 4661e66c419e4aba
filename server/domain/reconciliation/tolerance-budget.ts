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
