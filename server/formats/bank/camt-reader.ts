import type { ObjectType } from '#server/domain/record.ts'
import {
  dayIn,
  detailAmounts,
  directionOf,
  entryFacts,
  isBooked,
  realDay,
  signedAmount,
} from '#server/formats/bank/camt-entry.ts'
import { CamtFields, type CamtEvents, type Fields } from '#server/formats/bank/camt-fields.ts'
import type { CamtSection } from '#server/formats/bank/camt-layout.ts'
import { EntryTally, summaryClaims, summaryOf, type Summary } from '#server/formats/bank/camt-summary.ts'
import {
  closingClaim,
  nothingSeen,
  seenTogether,
  StatementWriter,
  subjectOf,
  type OnRecord,
  type Seen,
  type StatementHead,
} from '#server/formats/bank/statement-writer.ts'
import { unitsOf } from '#server/formats/bank/units.ts'
import { counted, quoted } from '#server/formats/words.ts'

type Balance = { readonly code: string; readonly units: bigint; readonly currency: string; readonly on: string }
type Page = {
  readonly head: StatementHead
  readonly closing: bigint | null
  readonly seen: Seen
  readonly summary: Summary
} & Tallies
type Tallies = { readonly entries: EntryTally; readonly records: EntryTally }

/** Of one entry: they are kept until it ends, because only then it is known whether they add up to it. */
const MOST_DETAILS = 10_000
const MOST_BALANCES = 1_000
const LONGEST_NAME = 100

/** Elements of camt.053 -> entries and statements. */
export class CamtReader implements CamtEvents {
  readonly writer: StatementWriter
  readonly fields: CamtFields
  private balances: Balance[] = []
  private details: Fields[] = []
  private hasMoreDetails = false
  private tallies: Tallies = newTallies()
  /** Pages of one statement that follow each other. */
  private chain: Page[] = []

  constructor(
    objectType: ObjectType,
    lineNow: () => number,
    private readonly on: {
      readonly record?: OnRecord
      readonly entryOpened?: () => void
      readonly entryClosed?: () => void
    } = {},
  ) {
    this.writer = new StatementWriter(objectType, on.record)
    this.fields = new CamtFields(this, lineNow)
  }

  opened(section: CamtSection): void {
    if (section === 'statement') {
      this.balances = []
      this.tallies = newTallies()
    }
    if (section !== 'entry') return
    this.details = []
    this.hasMoreDetails = false
    this.on.entryOpened?.()
  }

  closed(section: CamtSection, fields: Fields): void {
    if (section === 'balance') this.balance(fields)
    else if (section === 'details') {
      if (this.details.length < MOST_DETAILS) this.details.push(fields)
      else this.hasMoreDetails = true
    } else if (section === 'entry') {
      this.on.entryClosed?.()
      this.entry(fields)
    } else if (section === 'statement') this.close(fields)
  }

  end(): void {
    this.fields.end()
    this.endChain()
  }

  private balance(fields: Fields): void {
    const code = fields.get('Tp/CdOrPrtry/Cd') ?? fields.get('Tp/CdOrPrtry/Prtry') ?? ''
    const text = fields.get('Amt') ?? ''
    const units = unitsOf(text, '.')
    const currency = fields.get('Amt@Ccy') ?? ''
    const what = `balance ${quoted(code, 10)}`
    if (units === null || !/^[A-Z]{3}$/.test(currency))
      throw this.fields.wrong(`the ${what} is ${quoted(text, 40)} ${quoted(currency, 10)}`)
    if (ONCE.has(code) && this.balances.some((one) => one.code === code && one.currency === currency)) {
      throw this.fields.wrong(`the ${what} stands twice in one statement`)
    }
    if (this.balances.length >= MOST_BALANCES)
      throw this.fields.wrong(`a statement has more than ${counted(MOST_BALANCES, 'balance')}`)
    const sign = directionOf(fields.get('CdtDbtInd') ?? '', what, this.wrong)
    const on = dayIn(fields, 'Dt')
    if (on !== '' && realDay(on) !== on) throw this.fields.wrong(`the day of the ${what} is ${quoted(on, 40)}`)
    this.balances.push({ code, units: units * sign, currency, on })
  }

  /** When its first entry comes, or its end: by then all that names it was read. */
  private openStatement(entryCurrency: string): void {
    const statement = this.fields.of('statement')
    const message = this.fields.of('message')
    const said = (name: string) => statement.get(name) ?? ''
    const account = said('Acct/Id/IBAN') || said('Acct/Id/Othr/Id')
    const currency = said('Acct/Ccy') || this.balances[0]?.currency || entryCurrency
    const id = said('Id')
    for (const [name, text] of [
      ['account', account],
      ['id', id],
    ] as const) {
      if (text === '' || text.length > LONGEST_NAME)
        throw this.fields.wrong(`the ${name} of the statement is ${quoted(text, 40)}`)
    }
    if (!/^[A-Z]{3}$/.test(currency)) throw this.fields.wrong(`the currency of the statement is ${quoted(currency, 10)}`)
    const paged = statement.has('StmtPgntn/PgNb') ? statement : message
    const [page, last] = paged === statement ? ['StmtPgntn/PgNb', 'StmtPgntn/LastPgInd'] : ['MsgPgntn/PgNb', 'MsgPgntn/LastPgInd']
    const opening = this.openingOf(currency)
    this.writer.open({
      account,
      currency,
      statement: id,
      sequence: this.numberOf(said('ElctrncSeqNb') || said('LglSeqNb')),
      page: this.numberOf(paged.get(page!) ?? '', 9) ?? 1,
      isLastPage: !/^(false|0)$/.test(paged.get(last!) ?? ''),
      openedOn: opening?.on || realDay(said('FrToDt/FrDtTm')),
      opening: opening?.units ?? null,
      copy: said('CpyDplctInd'),
      standing: 'original',
    })
  }

  private numberOf(text: string, digits = 15): number | null {
    if (text === '') return null
    if (!/^\d+$/.test(text) || text.length > digits) throw this.fields.wrong(`a number of the statement is ${quoted(text, 40)}`)
    return Number(text)
  }

  private ofCode(code: string, currency: string): Balance[] {
    return this.balances.filter((one) => one.code === code && one.currency === currency)
  }

  /** A page between the first and the last has interim balances: the first is where it opens, the last where it ends. */
  private openingOf(currency: string): Balance | undefined {
    const [booked, previous, interim] = ['OPBD', 'PRCD', 'ITBD'].map((code) => this.ofCode(code, currency))
    return (
      booked![0] ?? previous![0] ?? (interim!.length > 1 || this.ofCode('CLBD', currency).length > 0 ? interim![0] : undefined)
    )
  }

  private closingOf(currency: string): Balance | undefined {
    return this.ofCode('CLBD', currency)[0] ?? this.ofCode('ITBD', currency).at(-1)
  }

  private entry(entry: Fields): void {
    if (!this.writer.head) this.openStatement(entry.get('Amt@Ccy') ?? '')
    const { writer, details, tallies } = this
    const { currency } = writer.head!
    const amount = signedAmount(entry, currency, 'entry', this.wrong)
    const isIn = entry.get('CdtDbtInd') === 'CRDT'
    tallies.entries.add(amount, isIn)
    if (!isBooked(entry, this.wrong)) return writer.leave(amount)
    const amounts = this.hasMoreDetails ? null : detailAmounts(details, entry, amount, currency)
    const add = (units: bigint, of: Fields | undefined, part: { of: number; nth: number } | null) => {
      tallies.records.add(units)
      writer.entry(writer.records + 1, units, entryFacts(entry, of, units === 0n ? isIn : units > 0n), part)
    }
    if (!amounts) return add(amount, details.length === 1 ? details[0] : undefined, null)
    for (const [i, units] of amounts.entries()) add(units, details[i], { of: amounts.length, nth: i + 1 })
  }

  private close(fields: Fields): void {
    if (!this.writer.head) this.openStatement('')
    const { writer, tallies } = this
    const head = writer.head!
    const closing = this.closingOf(head.currency)
    const seen = writer.close(closing?.units ?? null, closing?.on || realDay(fields.get('FrToDt/ToDtTm') ?? ''))
    const before = this.chain.at(-1)
    const goesOn =
      before !== undefined &&
      !before.head.isLastPage &&
      before.head.account === head.account &&
      before.head.statement === head.statement &&
      head.page === before.head.page + 1
    if (!goesOn) this.endChain()
    this.chain.push({ head, closing: closing?.units ?? null, seen, summary: summaryOf(fields), ...tallies })
    if (head.isLastPage) this.endChain()
  }

  /** What is stated of a statement is about all its pages: some banks repeat it on each, some state each page. */
  private endChain(): void {
    const [first] = this.chain
    const last = this.chain.at(-1)
    if (!first || !last) return
    const pages = this.chain
    this.chain = []
    const seen = pages.reduce((all, page) => seenTogether(all, page.seen), nothingSeen())
    if (first.head.opening !== null && last.closing !== null) {
      this.writer.claim(seen, closingClaim(first.head, { opening: first.head.opening, closing: last.closing, statedAs: 'CLBD' }))
    }
    const isRepeated = pages.every((page) => JSON.stringify([...page.summary]) === JSON.stringify([...first.summary]))
    if (isRepeated) this.claimSummary(first, seen, togetherOf(pages))
    else for (const page of pages) this.claimSummary(page, page.seen, page)
  }

  private claimSummary({ head, summary }: Page, seen: Seen, tallies: Tallies): void {
    const claims = summaryClaims(summary, tallies, { subject: subjectOf(head), currency: head.currency })
    if ('wrong' in claims) throw this.fields.wrong(claims.wrong)
    for (const claim of claims) this.writer.claim(seen, claim)
  }

  private readonly wrong = (what: string) => this.fields.wrong(what)
}

function togetherOf(pages: readonly Page[]): Tallies {
  const all = newTallies()
  for (const { entries, records } of pages) {
    all.entries.addAll(entries)
    all.records.addAll(records)
  }
  return all
}

const newTallies = (): Tallies => ({ entries: new EntryTally(), records: new EntryTally() })
const ONCE = new Set(['OPBD', 'CLBD', 'PRCD'])
