import type { ObjectType } from '#server/domain/record.ts'

/** The elements a record is read from. */
export type Section =
  | 'header'
  | 'account'
  | 'customer'
  | 'supplier'
  | 'analysisType'
  | 'entries'
  | 'journal'
  | 'transaction'
  | 'line'
  | 'analysis'

/** A place in the document: what lies below it, the section it begins, the field it fills. */
export type Place = {
  readonly children: Map<string, Place>
  section?: Section
  field?: { readonly section: Section; readonly name: string }
}

const BALANCES = ['OpeningDebitBalance', 'OpeningCreditBalance', 'ClosingDebitBalance', 'ClosingCreditBalance']
const PARTY = [
  'RegistrationNumber',
  'Name',
  'AccountID',
  'BalanceAccount/AccountID',
  'PartyInfo/CurrencyCode',
  'PartyInfo/Status',
]
const AMOUNT = ['Amount', 'CurrencyCode', 'CurrencyAmount']
const LINE = 'GeneralLedgerEntries/Journal/Transaction/Line'

/** Norwegian SAF-T Financial 1.1 to 1.3; 1.3 moved a few names, and both are read. */
const SECTIONS: readonly (readonly [Section, path: string, fields: readonly string[]])[] = [
  ['header', 'Header', ['Company/RegistrationNumber', 'Company/Name', 'DefaultCurrencyCode']],
  [
    'account',
    'MasterFiles/GeneralLedgerAccounts/Account',
    ['AccountID', 'AccountDescription', 'StandardAccountID', 'GroupingCode', 'AccountCreationDate', ...BALANCES],
  ],
  ['customer', 'MasterFiles/Customers/Customer', ['CustomerID', ...PARTY]],
  ['supplier', 'MasterFiles/Suppliers/Supplier', ['SupplierID', ...PARTY]],
  [
    'analysisType',
    'MasterFiles/AnalysisTypeTable/AnalysisTypeTableEntry',
    ['AnalysisType', 'AnalysisID', 'AnalysisIDDescription', 'StartDate', 'EndDate', 'Status'],
  ],
  ['entries', 'GeneralLedgerEntries', ['NumberOfEntries', 'TotalDebit', 'TotalCredit']],
  ['journal', 'GeneralLedgerEntries/Journal', ['JournalID']],
  [
    'transaction',
    'GeneralLedgerEntries/Journal/Transaction',
    ['TransactionID', 'Period', 'PeriodYear', 'TransactionDate', 'GLPostingDate'],
  ],
  [
    'line',
    LINE,
    [
      'RecordID',
      'AccountID',
      'ValueDate',
      'SourceDocumentID',
      'CustomerID',
      'SupplierID',
      'Description',
      'ReferenceNumber',
      ...AMOUNT.flatMap((name) => [`DebitAmount/${name}`, `CreditAmount/${name}`]),
    ],
  ],
  ['analysis', `${LINE}/Analysis`, ['AnalysisType', 'AnalysisID']],
]

/** Below the root element. A tree and not paths as text: one look-up an element instead of one string. */
export const LAYOUT: Place = layout()

function layout(): Place {
  const root: Place = { children: new Map() }
  for (const [section, path, fields] of SECTIONS) {
    const place = placeAt(root, path)
    place.section = section
    for (const name of fields) placeAt(place, name).field = { section, name }
  }
  return root
}

function placeAt(from: Place, path: string): Place {
  return path.split('/').reduce((place, name) => {
    const next = place.children.get(name) ?? { children: new Map() }
    place.children.set(name, next)
    return next
  }, from)
}

/** Which element a record of this type is read from, for showing it. */
export const SECTION_OF: Partial<Record<ObjectType, Section>> = {
  entity: 'header',
  account: 'account',
  customer: 'customer',
  supplier: 'supplier',
  cost_centre: 'analysisType',
  project: 'analysisType',
  journal_line: 'line',
}

const DIMENSION_COLUMNS = ['code', 'name', 'valid_from', 'valid_to', 'status']
const PARTY_COLUMNS = ['code', 'name', 'registration_number', 'account', 'currency', 'status']

export const COLUMNS = {
  entity: ['code', 'name', 'currency'],
  account: ['code', 'name', 'standard_code', 'valid_from', 'opening', 'closing'],
  customer: PARTY_COLUMNS,
  supplier: PARTY_COLUMNS,
  cost_centre: DIMENSION_COLUMNS,
  project: DIMENSION_COLUMNS,
  journal_line: [
    'entity',
    'journal',
    'transaction',
    'record',
    'period',
    'account',
    'cost_centre',
    'project',
    'supplier',
    'customer',
    'currency',
    'foreign_currency',
    'foreign_amount',
    'debit',
    'credit',
    'effective_on',
    'posted_on',
    'value_date',
    'description',
    'reference',
    'document',
  ],
} as const satisfies Partial<Record<ObjectType, readonly string[]>>
export type SafTType = keyof typeof COLUMNS
