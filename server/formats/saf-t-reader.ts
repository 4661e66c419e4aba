import { TechnicalError } from '#server/domain/errors.ts'
import type { Claim, Parsed } from '#server/domain/record.ts'
import { plainDecimal, subtractDecimals } from '#server/formats/decimal.ts'
import { COLUMNS, LAYOUT, type Place, type SafTType, type Section } from '#server/formats/saf-t-layout.ts'
import { atLine, quoted } from '#server/formats/words.ts'
import type { XmlHandlers } from '#server/formats/xml.ts'

export type AnalysisTypes = { readonly cost_centre: string; readonly project: string }

type Fields = Map<string, string>
type Batch = { rows: string[][]; positions: number[] }
type Options = {
  readonly analysis: AnalysisTypes
  readonly lineNow: () => number
  /** Told of every element that records are read from: when it opens, and which record it was when it closes. */
  readonly onOpen?: (section: Section) => void
  readonly onRecord?: (type: SafTType, position: number, cells: readonly string[]) => void
}

const BATCH_ROWS = 5_000
const LONGEST_TEXT = 1024 * 1024
const LONGEST_ACCOUNT = 100 // that a claim is about; a longer one no line has either

const MASTER_FILES = LAYOUT.children.get('MasterFiles')

/** A customer may post to several accounts since 1.3; the first is the one shown. */
const MAY_REPEAT: ReadonlySet<string> = new Set(['BalanceAccount/AccountID'])

/** Turns the elements of one SAF-T file into records and claims, gathered in `taken`. */
export class SafTReader implements XmlHandlers {
  readonly #options: Options
  readonly #places: (Place | undefined)[] = []
  readonly #fields = new Map<Section, Fields>()
  readonly #batches = new Map<SafTType, Batch>()
  readonly #counts = new Map<SafTType, number>()
  #analyses: { type: string; id: string }[] = []
  #linesOfTransaction = 0
  #claims: Claim[] = []
  #taken: Parsed[] = []
  #text = ''

  constructor(options: Options) {
    this.#options = options
  }

  open(name: string): void {
    const parent = this.#places.at(-1)
    if (this.#places.length === 0 && name !== 'AuditFile') {
      throw new TechnicalError('file_malformed', `this is no SAF-T file: its root element is <${name.slice(0, 80)}>`)
    }
    if (parent?.field) throw this.#malformed(`<${parent.field.name}> holds elements where a value should stand`)
    const place = this.#places.length === 0 ? LAYOUT : parent?.children.get(name)
    this.#places.push(place)
    this.#text = ''
    if (!place?.section) return
    this.#fields.set(place.section, new Map())
    if (place.section === 'line') this.#analyses = []
    if (place.section === 'transaction') this.#linesOfTransaction = 0
    if (place.section === 'journal' && this.#claims.length > 0) this.#flush()
    this.#options.onOpen?.(place.section)
  }

  text(text: string): void {
    if (!this.#places.at(-1)?.field) return
    this.#text += text
    if (this.#text.length > LONGEST_TEXT) {
      throw new TechnicalError('file_hostile', `${this.#here()} holds a text of more than 1 MiB`)
    }
  }

  close(): void {
    const place = this.#places.pop()
    if (place?.field) this.#fill(place.field.section, place.field.name)
    if (place?.section) this.#finish(place.section)
    if (this.#places.length === 2 && this.#places[1] === MASTER_FILES) this.#flush() // one of its tables ends
  }

  /** What is complete since the last call; at the end of the file everything. */
  take(isLast: boolean): Parsed[] {
    if (isLast) this.#flush()
    const taken = this.#taken
    this.#taken = []
    return taken
  }

  /** White space around a value is layout: the schema collapses it for amounts, dates and codes. */
  #fill(section: Section, name: string): void {
    const fields = this.#fields.get(section)
    if (!fields) return
    if (section === 'transaction' && this.#linesOfTransaction > 0) {
      throw this.#malformed(`<${name}> stands after the lines of its transaction, which need it`)
    }
    if (fields.has(name)) {
      if (MAY_REPEAT.has(name)) return
      throw this.#malformed(`<${name}> stands twice in one ${section}`)
    }
    fields.set(name, this.#text.trim())
    this.#text = ''
    if (section === 'entries') this.#claimTotal(name, this.#get('entries', name))
  }

  #finish(section: Section): void {
    if (section === 'header') {
      const [code, name, currency] = this.#all('header', ['Company/RegistrationNumber', 'Company/Name', 'DefaultCurrencyCode'])
      this.#record('entity', [code, name, currency])
    } else if (section === 'account') this.#account()
    else if (section === 'customer' || section === 'supplier') this.#party(section)
    else if (section === 'analysisType') this.#dimension()
    else if (section === 'line') this.#journalLine()
    else if (section === 'analysis') {
      this.#analyses.push({ type: this.#get('analysis', 'AnalysisType'), id: this.#get('analysis', 'AnalysisID') })
    }
  }

  #account(): void {
    const [code, name, created] = this.#all('account', ['AccountID', 'AccountDescription', 'AccountCreationDate'])
    const standard = this.#get('account', 'StandardAccountID') || this.#get('account', 'GroupingCode')
    const opening = this.#balance('Opening')
    const closing = this.#balance('Closing')
    this.#record('account', [code, name, standard, created, opening, closing])
    if (opening === '' || closing === '') return
    if (code.length > LONGEST_ACCOUNT) {
      throw this.#malformed(`the account ${quoted(code, 40)} has a code of more than ${LONGEST_ACCOUNT} characters`)
    }
    const currency = this.#currency() || null
    const statedAs = 'GeneralLedgerAccounts/Account'
    this.#claims.push({ kind: 'roll_forward', account: code, opening, closing, currency, statedAs })
  }

  /** Debit minus credit, and '' where the account states neither. */
  #balance(which: 'Opening' | 'Closing'): string {
    const debit = this.#get('account', `${which}DebitBalance`)
    const credit = this.#get('account', `${which}CreditBalance`)
    if (debit === '' && credit === '') return ''
    const balance = subtractDecimals(debit || '0', credit || '0')
    if (balance !== null) return balance
    const account = quoted(this.#get('account', 'AccountID'))
    throw this.#malformed(`the ${which.toLowerCase()} balance of account ${account} is ${quoted(debit || credit)}`)
  }

  #party(type: 'customer' | 'supplier'): void {
    const code = this.#get(type, type === 'customer' ? 'CustomerID' : 'SupplierID')
    const account = this.#get(type, 'AccountID') || this.#get(type, 'BalanceAccount/AccountID')
    const [name, number, currency, status] = this.#all(type, [
      'Name',
      'RegistrationNumber',
      'PartyInfo/CurrencyCode',
      'PartyInfo/Status',
    ])
    this.#record(type, [code, name, number, account, currency, status])
  }

  #dimension(): void {
    const kind = this.#get('analysisType', 'AnalysisType')
    const { analysis } = this.#options
    const type = kind === analysis.cost_centre ? 'cost_centre' : kind === analysis.project ? 'project' : null
    if (type === null) return // A dimension the job does not ask for.
    this.#record(type, this.#all('analysisType', ['AnalysisID', 'AnalysisIDDescription', 'StartDate', 'EndDate', 'Status']))
  }

  #journalLine(): void {
    const [transaction, period, year, effectiveOn, postedOn] = this.#all('transaction', [
      'TransactionID',
      'Period',
      'PeriodYear',
      'TransactionDate',
      'GLPostingDate',
    ])
    const [record, account, supplier, customer, valueDate, description, reference, document] = this.#all('line', [
      'RecordID',
      'AccountID',
      'SupplierID',
      'CustomerID',
      'ValueDate',
      'Description',
      'ReferenceNumber',
      'SourceDocumentID',
    ])
    const either = (name: string) => this.#get('line', `DebitAmount/${name}`) || this.#get('line', `CreditAmount/${name}`)
    const { analysis } = this.#options
    this.#linesOfTransaction++
    this.#record('journal_line', [
      this.#get('header', 'Company/RegistrationNumber'),
      this.#get('journal', 'JournalID'),
      transaction,
      record,
      fiscalPeriod(year, period),
      account,
      this.#analysed(analysis.cost_centre),
      this.#analysed(analysis.project),
      supplier,
      customer,
      this.#currency(),
      either('CurrencyCode'),
      either('CurrencyAmount'),
      // Amount is in the currency of the company; CurrencyAmount is the foreign one and carries no sign.
      this.#get('line', 'DebitAmount/Amount'),
      this.#get('line', 'CreditAmount/Amount'),
      effectiveOn,
      postedOn,
      valueDate,
      description,
      reference,
      document,
    ])
  }

  /** A line split over two cost centres must not silently become a line of the first: no master knows "102|103". */
  #analysed(type: string): string {
    if (this.#analyses.length === 0) return ''
    const ids = this.#analyses.filter((analysis) => analysis.type === type).map(({ id }) => id)
    return [...new Set(ids)].join('|')
  }

  #claimTotal(name: string, text: string): void {
    const isCount = name === 'NumberOfEntries'
    const value = isCount ? (/^\d{1,15}$/.test(text) ? text : null) : plainDecimal(text)
    if (value === null) throw this.#malformed(`<${name}> states ${isCount ? 'a count' : 'a total'} of ${quoted(text)}`)
    const measure = isCount ? 'documents' : name === 'TotalDebit' ? 'debit' : 'credit'
    const currency = isCount ? null : this.#currency() || null
    this.#claims.push({ kind: 'total', measure, objectType: 'journal_line', value, currency, statedAs: name })
  }

  #record(type: SafTType, cells: string[]): void {
    if (!this.#fields.has('header')) throw this.#malformed('the Header is missing; it must come first')
    const position = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, position)
    this.#options.onRecord?.(type, position, cells)
    const batch = this.#batches.get(type) ?? { rows: [], positions: [] }
    if (batch.rows.length === 0) this.#batches.set(type, batch)
    batch.rows.push(cells)
    batch.positions.push(position)
    if (batch.rows.length >= BATCH_ROWS) this.#flush()
  }

  #flush(): void {
    for (const [objectType, batch] of this.#batches) {
      this.#taken.push({ kind: 'records', objectType, columns: COLUMNS[objectType], ...batch })
    }
    this.#batches.clear()
    if (this.#claims.length > 0) this.#taken.push({ kind: 'claims', claims: this.#claims })
    this.#claims = []
  }

  #get(section: Section, name: string): string {
    return this.#fields.get(section)?.get(name) ?? ''
  }

  #all<const Names extends readonly string[]>(section: Section, names: Names): { -readonly [K in keyof Names]: string } {
    const fields = this.#fields.get(section)
    return names.map((name) => fields?.get(name) ?? '') as { -readonly [K in keyof Names]: string }
  }

  #currency(): string {
    return this.#get('header', 'DefaultCurrencyCode')
  }

  #here(): string {
    return atLine(this.#options.lineNow())
  }

  #malformed(what: string): TechnicalError {
    return new TechnicalError('file_malformed', `${this.#here()}: ${what}`)
  }
}

function fiscalPeriod(year: string, period: string): string {
  return /^\d$/.test(period) ? `${year}-0${period}` : year === '' ? period : `${year}-${period}`
}
