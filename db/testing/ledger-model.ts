import fc from 'fast-check'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { formatMinor } from '#server/domain/money.ts'
import type { Checkpoint } from '#server/domain/run.ts'
import { csv } from './ledger.ts'

/** What the product should do, said again in the plainest way: maps and loops, no SQL, nothing of the product's own. */
export type Content = {
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly minor: bigint
  readonly side: 'debit' | 'credit'
  readonly text: string
}
/** A record as a source sends it; a flaw makes a record rule refuse it. */
export type Sent = Content & { readonly key: string; readonly flaw: 'account' | 'decimals' | 'letters' | null }
export type Delivery = readonly Sent[]

type Outcome = 'new' | 'changed' | 'unchanged' | 'duplicate' | 'rejected'
export type Judged = { readonly record: Sent; readonly outcome: Outcome }
type Figures = { count: number; debit: bigint; credit: bigint }

const KEYS = ['1', '2', '3', '4', '5', '6|a', "7'b", 'å8', '9"', '10\\N']
const TEXTS = ['', 'rent', 'a\tb', '\\N', '\\.', 'two\nlines', '"said"', "it's", 'Ærlig 𝄞', 'a,b;c|d']

/** JPY has no decimals, EUR two, KWD three. */
export const anyRecord: fc.Arbitrary<Sent> = fc.record({
  key: fc.constantFrom(...KEYS),
  entity: fc.constantFrom('E1', 'E 2', 'E3'),
  period: fc.constantFrom('2026-01', '2026-02'),
  version: fc.constantFrom('actual', 'budget FY26 v1'),
  currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
  minor: fc.bigInt(-99_999n, 10n ** 15n),
  side: fc.constantFrom('debit' as const, 'credit' as const),
  text: fc.constantFrom(...TEXTS),
  flaw: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    fc.constantFrom('account' as const, 'decimals' as const, 'letters' as const),
  ),
})

/** Records over few keys, so that the same ones come again; some of them twice in one delivery, the same or not. */
export const anyDelivery: fc.Arbitrary<Delivery> = fc
  .tuple(fc.array(anyRecord, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(7), { maxLength: 3 }))
  .map(([records, again]) => [...records, ...again.map((i) => records[i % records.length]!)])

export const deliveryCsv = (delivery: Delivery, costCentreOf: (key: string) => string = () => ''): string =>
  csv(
    ['id', 'entity', 'period', 'version', 'currency', 'account', 'debit', 'credit', 'text', 'cost_centre'],
    delivery.map((r) => {
      const amount = written(r)
      const sides = r.side === 'debit' ? [amount, ''] : ['', amount]
      return [
        r.key,
        r.entity,
        r.period,
        r.version,
        r.currency,
        r.flaw === 'account' ? '' : '4000',
        ...sides,
        r.text,
        costCentreOf(r.key),
      ]
    }),
  )

const digitsOf = (currency: string) => minorDigitsOf(currency)!
function written({ minor, currency, flaw }: Sent): string {
  const digits = digitsOf(currency)
  if (flaw === 'letters') return 'twelve'
  return flaw === 'decimals' ? `${formatMinor(minor, digits)}${digits === 0 ? '.' : ''}9` : formatMinor(minor, digits)
}

const sameContent = (a: Content, b: Content) =>
  (['entity', 'period', 'version', 'currency', 'minor', 'side', 'text'] as const).every((field) => a[field] === b[field])

/** What becomes of every record of a delivery, given the lines that are current. */
export function judge(delivery: Delivery, current: ReadonlyMap<string, Content>): Judged[] {
  const sound = delivery.filter((r) => r.flaw === null)
  const seen = new Set<string>()
  return delivery.map((record) => {
    if (record.flaw !== null) return { record, outcome: 'rejected' }
    if (sound.some((other) => other.key === record.key && !sameContent(other, record))) return { record, outcome: 'rejected' }
    if (seen.has(record.key)) return { record, outcome: 'duplicate' }
    seen.add(record.key)
    const before = current.get(record.key)
    return { record, outcome: before === undefined ? 'new' : sameContent(before, record) ? 'unchanged' : 'changed' }
  })
}

/** Figures per cell and checkpoint, as `E1 2026-01 actual EUR new` -> `2 10.00 0.00`. What a record with a bad amount says is unknown: zero. */
export function expectedTotals(judged: readonly Judged[]): Map<string, string> {
  const cells = new Map<string, Figures>()
  const add = ({ record }: Judged, checkpoint: Checkpoint) => {
    const cell = `${cellOf(record)} ${checkpoint}`
    const figures = cells.get(cell) ?? { count: 0, debit: 0n, credit: 0n }
    const minor = record.flaw === 'letters' || record.flaw === 'decimals' ? 0n : record.minor
    figures.count++
    figures[record.side] += minor
    cells.set(cell, figures)
  }
  for (const one of judged) {
    add(one, 'extracted')
    add(one, one.outcome)
    if (one.outcome !== 'rejected') add(one, 'accepted')
    if (one.outcome !== 'rejected' && one.outcome !== 'duplicate') add(one, 'loaded')
  }
  return new Map([...cells].map(([cell, figures]) => [cell, words(figures, cell.split(' ').at(-2)!)]))
}

const cellOf = ({ entity, period, version, currency }: Pick<Content, 'entity' | 'period' | 'version' | 'currency'>) =>
  `${entity} ${period} ${version} ${currency}`
const words = ({ count, debit, credit }: Figures, currency: string) =>
  `${count} ${formatMinor(debit, digitsOf(currency))} ${formatMinor(credit, digitsOf(currency))}`

type StatedTotal = {
  entity: string
  period: string
  version: string
  currency: string
  checkpoint: string
  count: number
  debit: string
  credit: string
}

/** The product's totals in the same words. */
export const statedTotals = (totals: readonly StatedTotal[], withCheckpoint = true): Map<string, string> =>
  new Map(
    totals.map((t) => {
      const cell = withCheckpoint ? `${cellOf(t)} ${t.checkpoint}` : cellOf(t)
      return [cell, `${t.count} ${plain(t.debit, t.currency)} ${plain(t.credit, t.currency)}`]
    }),
  )

/** PostgreSQL writes a sum at the scale of its rows: '0' and '0.00' are one amount. */
function plain(amount: string, currency: string): string {
  const digits = digitsOf(currency)
  const [whole, fraction = ''] = amount.split('.')
  return digits === 0 ? whole! : `${whole}.${fraction.padEnd(digits, '0')}`
}

type ModelLine = { readonly key: string; readonly content: Content; readonly from: number; to: number | null }

/** Every line there ever was, with the publications between which it was current. */
export class LedgerModel {
  private readonly lines: ModelLine[] = []

  currentAt(publication: number): Map<string, Content> {
    const current = this.lines.filter((line) => line.from <= publication && (line.to === null || line.to > publication))
    return new Map(current.map((line) => [line.key, line.content]))
  }

  current(): Map<string, Content> {
    return this.currentAt(Number.MAX_SAFE_INTEGER)
  }

  /** What a delivery would change: the lines that come, and the keys of those that end. */
  changes(
    judged: readonly Judged[],
    extract: 'delta' | 'full',
    isClosed: (content: Content) => boolean = () => false,
  ): { fresh: Judged[]; ends: string[] } {
    const fresh = judged.filter(({ outcome }) => outcome === 'new' || outcome === 'changed')
    const ends = judged.filter(({ outcome }) => outcome === 'changed').map(({ record }) => record.key)
    if (extract === 'full') {
      const slice = ({ entity, period, version }: Content) => `${entity} ${period} ${version}`
      // A duplicate covers what the record does that it repeats: nothing, where that was refused.
      const accepted = judged.filter(({ outcome }) => outcome !== 'rejected' && outcome !== 'duplicate')
      const covered = new Set(accepted.map(({ record }) => slice(record)))
      // A record that was refused is still at the source: its line stays as it stands.
      const sent = new Set(judged.map(({ record }) => record.key))
      for (const [key, content] of this.current())
        if (covered.has(slice(content)) && !sent.has(key) && !isClosed(content)) ends.push(key)
    }
    return { fresh, ends }
  }

  publish(publication: number, { fresh, ends }: { fresh: readonly Judged[]; ends: readonly string[] }): void {
    for (const line of this.lines) if (line.to === null && ends.includes(line.key)) line.to = publication
    for (const { record } of fresh) this.lines.push({ key: record.key, content: record, from: publication, to: null })
  }

  /** The first later publication that touched what this one did; null when it can be withdrawn. */
  standsOn(publication: number): number | null {
    const brought = this.lines.filter((line) => line.from === publication && line.to !== null).map((line) => line.to!)
    const closed = this.lines.filter((line) => line.to === publication)
    const again = this.lines
      .filter((line) => line.from > publication && closed.some((old) => old.key === line.key))
      .map((line) => line.from)
    return [...brought, ...again].sort((a, b) => a - b)[0] ?? null
  }

  withdraw(withdrawn: number, publication: number): void {
    const back = this.lines.filter((line) => line.to === withdrawn)
    for (const line of this.lines) if (line.from === withdrawn && line.to === null) line.to = publication
    for (const { key, content } of back) this.lines.push({ key, content, from: publication, to: null })
  }

  /** Totals at a publication, as statedTotals(…, false) writes them. */
  totalsAt(publication: number): Map<string, string> {
    const cells = new Map<string, Figures>()
    for (const content of this.currentAt(publication).values()) {
      const figures = cells.get(cellOf(content)) ?? { count: 0, debit: 0n, credit: 0n }
      figures.count++
      figures[content.side] += content.minor
      cells.set(cellOf(content), figures)
    }
    return new Map([...cells].map(([cell, figures]) => [cell, words(figures, cell.split(' ').at(-1)!)]))
  }
}
