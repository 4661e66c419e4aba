import type { Random } from '#db/seed/world/random.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import type { JobInput } from '#db/testing/load.ts'

/** Balanced two-line documents of one entity. A line is known by its key. */
export type SourceLine = LedgerRow & {
  readonly period: string
  readonly debit: string
  readonly credit: string
  readonly text: string
}
export type SliceFigures = { count: number; debit: bigint; credit: bigint }

const PERIODS = ['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06']
const TEXTS = ['rent', 'said "so"', 'a, b; c', 'tab\there', 'two\nlines', '\\N', 'Ærlig 𝄞', '']
/** Retries come at once, and often: what is tried here is not patience. */
const RETRY = { attempts: 20, baseMs: 50, maxMs: 500 }

/**
 * A source that knows what it has sent: a plain model of what must stand after each of its deliveries, of maps and loops,
 * nothing of the product's own.
 */
export class Source {
  readonly entity: string
  readonly job: JobInput
  readonly lines = new Map<string, SourceLine>()
  /** The totals after each delivery, as `figuresWords` writes them; the first is before any. */
  readonly states: string[] = ['']
  private readonly totals = new Map<string, SliceFigures>()
  private documents = 0
  private readonly open: number[] = []

  constructor(
    private readonly random: Random,
    readonly name: string,
    system: string,
    overrides: Partial<JobInput> = {},
  ) {
    this.entity = name.toUpperCase()
    this.job = ledgerJob({ job: name, system: { code: system, name: system, kind: 'erp' }, retry: RETRY, ...overrides })
  }

  /** The next delivery: so many lines, some of them corrections of what was sent before. */
  next(lines: number): SourceLine[] {
    const corrections = Math.min(this.open.length, this.random.whole(0, Math.ceil(lines / 6) + 1))
    const numbers = new Set(Array.from({ length: corrections }, () => this.random.pick(this.open)))
    while (numbers.size < Math.ceil(lines / 2)) {
      const fresh = this.documents++
      numbers.add(fresh)
      // A few of a large load are enough to come back to.
      if (this.open.length < 2_000) this.open.push(fresh)
    }
    const rows = [...numbers].flatMap((number) => this.document(number))
    this.apply(rows)
    return rows
  }

  /** What must stand once these have been published, whatever was sent before. */
  apply(rows: readonly SourceLine[]): void {
    for (const row of rows) {
      const before = this.lines.get(row.id)
      if (before) this.count(before, -1n)
      this.lines.set(row.id, row)
      this.count(row, 1n)
    }
    this.states.push(figuresWords(this.totals))
  }

  private document(number: number): SourceLine[] {
    const cents = this.random.whole(1, 10_000_000)
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
    const both = {
      entity: this.entity,
      period: this.random.pick(PERIODS),
      document: `${this.name}-${number}`,
      text: this.random.pick(TEXTS),
    }
    return [
      { ...both, id: `${this.name}-${number}-1`, debit: amount, credit: '' },
      { ...both, id: `${this.name}-${number}-2`, debit: '', credit: amount },
    ]
  }

  private count(line: SourceLine, sign: bigint): void {
    const slice = `${line.entity}|${line.period}`
    const figures = this.totals.get(slice) ?? { count: 0, debit: 0n, credit: 0n }
    figures.count += Number(sign)
    figures.debit += sign * centsOf(line.debit)
    figures.credit += sign * centsOf(line.credit)
    this.totals.set(slice, figures)
  }
}

export const csvOf = (rows: readonly SourceLine[]): string => ledgerCsv(rows)

export const centsOf = (amount: string): bigint => BigInt(amount.replace('.', '') || '0')

/** `E1|2026-01|count|debit|credit` in cents, one line a slice, in order; slices without lines are not there. */
export const figuresWords = (totals: ReadonlyMap<string, SliceFigures>): string =>
  [...totals]
    .filter(([, { count }]) => count > 0)
    .map(([slice, { count, debit, credit }]) => `${slice}|${count}|${debit}|${credit}`)
    .sort()
    .join('\n')
