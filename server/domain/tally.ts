import { TechnicalError } from './errors.ts'
import type { Line } from './line.ts'
import { formatMinor } from './money.ts'
import type { ObjectType } from './record.ts'

/** The one character that no text of the database can hold: codes may have tabs. */
const BETWEEN = '\u0000'

type Sums = { count: number; debit: bigint; credit: bigint; digits: number }

/** Decimal strings in units of the currency. */
export type AmountSoFar = { readonly currency: string; readonly debit: string; readonly credit: string }

/** More in one column name no slices: it differs from line to line, and was taken for one that does not. */
const VALUES_MAX = 20_000
/** As many as are held in memory, with what is made of them: 180 MB. Five years of 400 entities in five versions are half of it. */
const SLICES_MAX = 250_000
const PARTS = ['entity', 'period', 'version', 'currency'] as const

/**
 * Counts and sums what a reader saw, per object type and slice and currency. Money in minor units. What the source writes there has no
 * bound of its own: throws TechnicalError (file_columns_wrong, file_too_large).
 */
export class Tally {
  private readonly sums = new Map<string, Sums>()
  private readonly values = {
    entity: new Set<string>(),
    period: new Set<string>(),
    version: new Set<string>(),
    currency: new Set<string>(),
  }
  /** The slice of the line before and its sums: ledgers come sorted, so most lines fall into it and need no key. */
  private last: { objectType: ObjectType; entity: string; period: string; version: string; currency: string; sums: Sums } | null =
    null

  addLine(objectType: ObjectType, line: Line): void {
    const { entity, period, version, currency } = line
    let last = this.last
    if (
      last === null ||
      last.entity !== entity ||
      last.period !== period ||
      last.currency !== currency ||
      last.version !== version ||
      last.objectType !== objectType
    ) {
      const sums = this.find([objectType, entity, period, version, currency].join(BETWEEN), line.digits)
      last = this.last = { objectType, entity, period, version, currency, sums }
    }
    const { sums } = last
    sums.count++
    sums.debit += line.debit
    sums.credit += line.credit
  }

  addMember(objectType: ObjectType, entity: string): void {
    this.find([objectType, entity, '', '', ''].join(BETWEEN), 0).count++
  }

  get count(): number {
    let count = 0
    for (const sums of this.sums.values()) count += sums.count
    return count
  }

  rows() {
    return [...this.sums].map(([key, { count, debit, credit, digits }]) => {
      const [object_type, entity, period, version, currency] = key.split(BETWEEN)
      return {
        object_type,
        entity,
        period,
        version,
        currency,
        count,
        debit: formatMinor(debit, digits),
        credit: formatMinor(credit, digits),
      }
    })
  }

  /** Debit and credit so far, by currency, in the order in which they were met. */
  amounts(): AmountSoFar[] {
    const of = new Map<string, { debit: bigint; credit: bigint; digits: number }>()
    for (const [key, { debit, credit, digits }] of this.sums) {
      const currency = key.slice(key.lastIndexOf(BETWEEN) + 1)
      const known = of.get(currency)
      if (known) {
        known.debit += debit
        known.credit += credit
      } else if (currency !== '') of.set(currency, { debit, credit, digits })
    }
    return [...of].map(([currency, { debit, credit, digits }]) => ({
      currency,
      debit: formatMinor(debit, digits),
      credit: formatMinor(credit, digits),
    }))
  }

  entities(): string[] {
    return this.distinct('entity')
  }

  periods(): string[] {
    return this.distinct('period')
  }

  private distinct(part: (typeof PARTS)[number]): string[] {
    return [...this.values[part]].filter((code) => code !== '').sort()
  }

  private find(key: string, digits: number): Sums {
    const known = this.sums.get(key)
    if (known) return known
    if (this.sums.size >= SLICES_MAX) {
      const bound = `${SLICES_MAX.toLocaleString('en')} slices of entity, period, version and currency`
      throw new TechnicalError('file_too_large', `more than ${bound}: send it in parts`)
    }
    const [, ...codes] = key.split(BETWEEN)
    for (const [i, part] of PARTS.entries()) this.note(part, codes[i]!)
    const sums = { count: 0, debit: 0n, credit: 0n, digits }
    this.sums.set(key, sums)
    return sums
  }

  private note(part: (typeof PARTS)[number], code: string): void {
    if (this.values[part].add(code).size > VALUES_MAX)
      throw new TechnicalError(
        'file_columns_wrong',
        `the column that is mapped to ${part} has more than ${VALUES_MAX.toLocaleString('en')} different values`,
      )
  }
}
