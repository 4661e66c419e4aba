import type { Fields } from '#server/formats/bank/camt-fields.ts'
import type { Stated } from '#server/formats/bank/statement-writer.ts'
import { decimalOf, unitsOf } from '#server/formats/bank/units.ts'

/** Counts and sums of entries, in both directions. */
export class EntryTally {
  count = 0
  countIn = 0
  countOut = 0
  moneyIn = 0n
  moneyOut = 0n

  /** `isIn` where the amount is nothing and cannot say it itself; null: then it has no direction. */
  add(amount: bigint, isIn: boolean | null = null): void {
    this.count++
    if (isIn ?? amount > 0n) this.countIn++
    else if (isIn !== null || amount < 0n) this.countOut++
    if (amount > 0n) this.moneyIn += amount
    else this.moneyOut -= amount
  }

  addAll(other: EntryTally): void {
    this.count += other.count
    this.countIn += other.countIn
    this.countOut += other.countOut
    this.moneyIn += other.moneyIn
    this.moneyOut += other.moneyOut
  }
}

/** What one page says in TxsSummry; its values as they are written. */
export type Summary = ReadonlyMap<string, string>

const FIELDS = [
  'TtlNtries/NbOfNtries',
  'TtlNtries/Sum',
  'TtlCdtNtries/NbOfNtries',
  'TtlCdtNtries/Sum',
  'TtlDbtNtries/NbOfNtries',
  'TtlDbtNtries/Sum',
]

export function summaryOf(statement: Fields): Summary {
  const said = (name: string) => statement.get(`TxsSummry/${name}`) ?? ''
  const net = said('TtlNtries/TtlNetNtryAmt') || said('TtlNtries/TtlNetNtry/Amt')
  const direction = said('TtlNtries/CdtDbtInd') || said('TtlNtries/TtlNetNtry/CdtDbtInd')
  const pairs = FIELDS.map((name) => [name, said(name)] as const)
  if (net !== '') pairs.push(['net', `${direction === 'DBIT' ? '-' : ''}${net}`])
  return new Map(pairs.filter(([, value]) => value !== ''))
}

/** The claims of a summary; a name of what is written wrongly instead. Entries that are not booked, or were split, are beside the records. */
export function summaryClaims(
  summary: Summary,
  { entries, records }: { entries: EntryTally; records: EntryTally },
  of: { subject: string; currency: string },
): Stated[] | { readonly wrong: string } {
  const claims: Stated[] = []
  for (const [name, text] of summary) {
    const statedAs = name === 'net' ? 'TtlNetNtry' : name
    const isCount = name.endsWith('NbOfNtries')
    const [measure, beside] = BESIDE[name]!(entries, records)
    const units = isCount ? null : unitsOf(text.replace(/^-/, ''), '.')
    if (isCount ? !/^\d{1,15}$/.test(text) : units === null)
      return { wrong: `${statedAs} states ${JSON.stringify(text.slice(0, 40))}` }
    const signed = units !== null && text.startsWith('-') ? -units : units
    claims.push({
      measure,
      value: signed === null ? text : decimalOf(signed, of.currency),
      beside: isCount ? `${beside}` : decimalOf(beside, of.currency),
      subject: of.subject,
      currency: isCount ? null : of.currency,
      statedAs,
    })
  }
  return claims
}

type Beside = (entries: EntryTally, records: EntryTally) => [Stated['measure'], bigint]

const BESIDE: Readonly<Record<string, Beside>> = {
  'TtlNtries/NbOfNtries': (e, r) => ['records', BigInt(e.count - r.count)],
  'TtlCdtNtries/NbOfNtries': (e, r) => ['records_in', BigInt(e.countIn - r.countIn)],
  'TtlDbtNtries/NbOfNtries': (e, r) => ['records_out', BigInt(e.countOut - r.countOut)],
  'TtlNtries/Sum': (e, r) => ['gross', e.moneyIn + e.moneyOut - r.moneyIn - r.moneyOut],
  'TtlCdtNtries/Sum': (e, r) => ['in', e.moneyIn - r.moneyIn],
  'TtlDbtNtries/Sum': (e, r) => ['out', e.moneyOut - r.moneyOut],
  net: (e, r) => ['net', e.moneyIn - e.moneyOut - r.moneyIn + r.moneyOut],
}
