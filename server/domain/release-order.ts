import { addDecimals, compareDecimals, isZeroDecimal, shareOf } from './money.ts'
import type { Severity } from './severity.ts'

/** Amounts at stake by currency: absolute, decimal strings in units of the currency. */
export type Amounts = Readonly<Record<string, string>>

export type Rankable = {
  readonly exceptionId: number
  readonly severity: Severity
  readonly dueAt: string
  readonly amounts: Amounts
}

const WEIGHT: Readonly<Record<Severity, number>> = { critical: 8, high: 4, medium: 2, low: 1 }
const HOUR_MS = 3_600_000
/** What has no amount still has a place among its like. */
const LEAST_SHARE = 0.0001

/** The nearer the due time the more it counts; overdue the most. */
function urgency(dueAt: string, now: Date): number {
  const hours = (Date.parse(dueAt) - now.getTime()) / HOUR_MS
  if (hours <= 0) return 4
  if (hours <= 8) return 3
  return hours <= 24 ? 2 : 1
}

/**
 * In the order of what mending them releases: share of the amount at stake, times severity, times urgency. Currencies are not added: the
 * share is that of the currency in which it is largest. Equal ones stay in the order of their numbers, so that the order is the same each time.
 */
export function inReleaseOrder(rows: readonly Rankable[], now: Date): Rankable[] {
  const whole: Record<string, string> = {}
  for (const { amounts } of rows)
    for (const [currency, amount] of Object.entries(amounts)) whole[currency] = addDecimals(whole[currency] ?? '0', amount)
  const scoreOf = ({ severity, dueAt, amounts }: Rankable) => {
    const shares = Object.entries(amounts).map(([currency, amount]) => shareOf(amount, whole[currency]!))
    return Math.max(LEAST_SHARE, ...shares) * WEIGHT[severity] * urgency(dueAt, now)
  }
  const scored = rows.map((row) => ({ row, score: scoreOf(row) }))
  scored.sort((a, b) => b.score - a.score || a.row.exceptionId - b.row.exceptionId)
  return scored.map(({ row }) => row)
}

/** Waiting records that need the same exceptions mended. debit, credit: absolute, decimal strings. */
export type Waiting = {
  readonly needs: readonly number[]
  readonly currency: string
  readonly debit: string
  readonly credit: string
}
/** A held load and all that holds it. */
export type HeldLoad = { readonly runId: number; readonly needs: readonly number[] }
/** A reconciliation that is not signed, and all causes of the rejected records in its difference. */
export type Unsigned = { readonly reconciliationId: number; readonly title: string; readonly needs: readonly number[] }

export type Focus = {
  /** So many of the first. */
  readonly count: number
  readonly of: number
  /** By currency: what mending them releases of all that waits, in whole percent, rounded down. Only where something waits. */
  readonly released: readonly {
    readonly currency: string
    readonly amount: string
    readonly of: string
    readonly percent: number
  }[]
  readonly heldLoads: number
  readonly ofHeldLoads: number
  /** Reconciliations that wait to be signed and lose all rejected records of their difference. */
  readonly unsigned: number
  readonly ofUnsigned: number
}

/** As few of the first as release so much of every currency. */
const FOCUS_PERCENT = 90

/**
 * How far the first of these come: nothing is released before all it needs is mended, and no record counts twice. Null where no amount and
 * no load waits.
 */
export function focusOf(
  order: readonly number[],
  waiting: readonly Waiting[],
  held: readonly HeldLoad[],
  unsigned: readonly Unsigned[] = [],
): Focus | null {
  const rank = new Map(order.map((exceptionId, index) => [exceptionId, index + 1]))
  // Released with the last of what it needs; never, where some of that is not on the list.
  const releasedAt = (needs: readonly number[]) => Math.max(...needs.map((need) => rank.get(need) ?? Number.POSITIVE_INFINITY))
  const mattering = waiting.filter(({ needs }) => needs.some((need) => rank.has(need)))
  const loads = held.filter(({ needs }) => needs.some((need) => rank.has(need)))
  // Members and empty lines wait without an amount: of nothing no share is released.
  const whole = [...sums(mattering)].filter(([, side]) => !isZeroDecimal(larger(side)))
  if (whole.length + loads.length === 0) return null
  const released = new Map<number, Waiting[]>()
  for (const one of mattering) released.set(releasedAt(one.needs), [...(released.get(releasedAt(one.needs)) ?? []), one])
  const steps = [...new Set([...mattering, ...loads].map(({ needs }) => releasedAt(needs)))].filter(Number.isFinite)
  let sides: Sides = new Map()
  const at = (count: number): Focus => ({
    count,
    of: order.length,
    released: whole.map(([currency, side]) => {
      const [amount, of] = [larger(sides.get(currency)), larger(side)]
      return { currency, amount, of, percent: Math.floor(shareOf(amount, of) * 100) }
    }),
    heldLoads: loads.filter(({ needs }) => releasedAt(needs) <= count).length,
    ofHeldLoads: loads.length,
    unsigned: unsigned.filter(({ needs }) => releasedAt(needs) <= count).length,
    ofUnsigned: unsigned.length,
  })
  let focus = at(0)
  for (const count of steps.sort((a, b) => a - b)) {
    sides = sums(released.get(count) ?? [], sides)
    focus = at(count)
    if (whole.length === 0 ? focus.heldLoads === loads.length : focus.released.every(({ percent }) => percent >= FOCUS_PERCENT))
      break
  }
  return focus
}

type Side = { readonly debit: string; readonly credit: string }
type Sides = ReadonlyMap<string, Side>

function sums(rows: readonly Waiting[], before: Sides = new Map()): Sides {
  const sides = new Map(before)
  for (const { currency, debit, credit } of rows) {
    const side = sides.get(currency) ?? { debit: '0', credit: '0' }
    sides.set(currency, { debit: addDecimals(side.debit, debit), credit: addDecimals(side.credit, credit) })
  }
  return sides
}

/** Debit and credit of the same records are not two amounts: the larger side is what is at stake. */
const larger = (side: Side | undefined): string => {
  const { debit, credit } = side ?? { debit: '0', credit: '0' }
  return compareDecimals(debit, credit) >= 0 ? debit : credit
}
