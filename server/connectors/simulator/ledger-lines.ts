import { formatMinor } from '#server/domain/money.ts'

/** A line as the simulated ledger keeps it: amounts are decimal strings, as ledgers send them. */
export type LedgerLine = {
  readonly id: string
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly document: string
  readonly lineNumber: number
  readonly account: string
  readonly department: string
  readonly debit: string
  readonly credit: string
  readonly currency: string
  readonly status: string
  readonly postedOn: string
  readonly description: string
}

export type LedgerPage = {
  lines: readonly LedgerLine[]
  paging: { next: string | null }
  totals: { count: number; debit: string; credit: string; currency: string | null }
}

export type LedgerGenerator = {
  readonly seed?: number
  readonly count: number
  readonly entity?: string
  readonly period?: string
  readonly version?: string
  readonly currency?: string
  readonly departments?: readonly string[]
  readonly accounts?: readonly string[]
}

/**
 * Lines of balanced documents, the same for the same seed: two lines each, and three in the last when the count is odd.
 * One line alone cannot balance, so a count of 1 does not.
 */
export function generateLedgerLines({
  seed = 1,
  count,
  entity = 'US01',
  period = '2026-03',
  version = 'actual',
  currency = 'USD',
  departments = ['CC100', 'CC200', 'CC300'],
  accounts = ['4000', '5100', '6100', '6200'],
}: LedgerGenerator): LedgerLine[] {
  const random = seededRandom(seed)
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)]!
  const lines: LedgerLine[] = []
  for (let document = 1; lines.length < count; document++) {
    const left = count - lines.length
    const size = left === 3 ? 3 : Math.min(left, 2)
    const minor = BigInt(100 + Math.floor(random() * 10_000_000))
    const department = pick(departments)
    const postedOn = `${period}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`
    const amounts = size === 3 ? [minor, -(minor / 3n), minor / 3n - minor] : [minor, -minor].slice(0, size)
    for (const [i, amount] of amounts.entries()) {
      lines.push({
        id: `${entity}-${period}-${document}-${i + 1}`,
        entity,
        period,
        version,
        document: `JE${String(document).padStart(6, '0')}`,
        lineNumber: i + 1,
        account: pick(accounts),
        department,
        debit: formatMinor(amount > 0n ? amount : 0n, 2),
        credit: formatMinor(amount < 0n ? -amount : 0n, 2),
        currency,
        status: 'posted',
        postedOn,
        description: `Simulated document ${document}`,
      })
    }
  }
  return lines
}

/** The same lines in another order, the same for the same seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed)
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j]!, result[i]!]
  }
  return result
}

/** mulberry32: small, and the same on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
