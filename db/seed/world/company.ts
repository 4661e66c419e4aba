/**
 * Two companies that do not exist: a software company of several entities and a manufacturer. Everything in db/seed/world is
 * made from one fixed seed: the same figures on every machine, in whole minor units until they are written down.
 */
export type CompanyCode = 'aldermoor' | 'torvane'
export const COMPANIES: Readonly<Record<CompanyCode, string>> = {
  aldermoor: 'Aldermoor Software, a software company of several entities',
  torvane: 'Torvane Industries, a manufacturer',
}

export type Entity = {
  readonly code: string
  readonly name: string
  readonly company: CompanyCode
  readonly currency: 'GBP' | 'EUR' | 'USD' | 'JPY'
  readonly calendar: 'months' | 'factory-445' | 'june-year-end'
  /** Sales documents of an ordinary period. */
  readonly size: number
}

export const ENTITIES: readonly Entity[] = [
  { code: 'AS01', name: 'Aldermoor Software Ltd', company: 'aldermoor', currency: 'GBP', calendar: 'months', size: 264 },
  { code: 'AS02', name: 'Aldermoor Software GmbH', company: 'aldermoor', currency: 'EUR', calendar: 'months', size: 208 },
  { code: 'AS03', name: 'Aldermoor Software Inc.', company: 'aldermoor', currency: 'USD', calendar: 'months', size: 304 },
  { code: 'AS04', name: 'Aldermoor Software K.K.', company: 'aldermoor', currency: 'JPY', calendar: 'june-year-end', size: 120 },
  { code: 'AS05', name: 'Aldermoor Nordic Oy', company: 'aldermoor', currency: 'EUR', calendar: 'months', size: 96 },
  { code: 'AS06', name: 'Aldermoor Payments Ltd', company: 'aldermoor', currency: 'GBP', calendar: 'june-year-end', size: 112 },
  { code: 'TI01', name: 'Torvane Industries AG', company: 'torvane', currency: 'EUR', calendar: 'months', size: 184 },
  { code: 'TI02', name: 'Torvane Werk Sued GmbH', company: 'torvane', currency: 'EUR', calendar: 'factory-445', size: 168 },
  { code: 'TI03', name: 'Torvane Plant Ohio LLC', company: 'torvane', currency: 'USD', calendar: 'factory-445', size: 192 },
  { code: 'TI04', name: 'Torvane Castings Ltd', company: 'torvane', currency: 'GBP', calendar: 'factory-445', size: 128 },
  { code: 'TI05', name: 'Torvane Japan K.K.', company: 'torvane', currency: 'JPY', calendar: 'months', size: 96 },
  { code: 'TI06', name: 'Torvane Distribution Inc.', company: 'torvane', currency: 'USD', calendar: 'months', size: 160 },
]

export const entitiesOf = (company: CompanyCode): readonly Entity[] => ENTITIES.filter((entity) => entity.company === company)
export const entityOf = (code: string): Entity => ENTITIES.find((entity) => entity.code === code)!
export const digitsOf = ({ currency }: Pick<Entity, 'currency'>): number => (currency === 'JPY' ? 0 : 2)

export type Named = readonly (readonly [code: string, name: string])[]

export const ACCOUNTS: Readonly<Record<CompanyCode, Named>> = {
  aldermoor: [
    ['1000', 'Cash at bank'],
    ['1200', 'Trade receivables'],
    ['2000', 'Trade payables'],
    ['2200', 'Payroll liabilities'],
    ['4000', 'Subscription revenue'],
    ['4010', 'Usage revenue'],
    ['4020', 'Services revenue'],
    ['6000', 'Salaries'],
    ['6100', 'Cloud hosting'],
    ['6110', 'Software licences'],
    ['6200', 'Marketing'],
    ['6300', 'Rent and offices'],
    ['6400', 'Travel'],
    ['9000', 'Bookings (statistical)'],
  ],
  torvane: [
    ['113100', 'Bank'],
    ['140000', 'Trade receivables'],
    ['160000', 'Trade payables'],
    ['176000', 'Payroll liabilities'],
    ['790000', 'Finished goods'],
    ['800000', 'Sales of own products'],
    ['810000', 'Service and spare parts'],
    ['500000', 'Raw materials'],
    ['510000', 'Packaging'],
    ['520000', 'Energy'],
    ['530000', 'Freight'],
    ['540000', 'Maintenance'],
    ['600000', 'Production wages'],
    ['610000', 'Salaries'],
    ['895000', 'Production cost absorbed'],
  ],
}

export const COST_CENTRES: Readonly<Record<CompanyCode, Named>> = {
  aldermoor: [
    ['CC100', 'Sales'],
    ['CC200', 'Customer success'],
    ['CC300', 'Engineering'],
    ['CC310', 'Platform operations'],
    ['CC400', 'Marketing'],
    ['CC500', 'Finance and legal'],
  ],
  torvane: [
    ['4100', 'Foundry'],
    ['4200', 'Machining'],
    ['4300', 'Assembly'],
    ['4400', 'Logistics'],
    ['4500', 'Quality'],
    ['4600', 'Plant maintenance'],
    ['4900', 'Administration'],
  ],
}
/** Closed down, and still a member: nothing may be posted to it. */
export const INACTIVE_COST_CENTRE = ['CC471', 'Legacy hosting'] as const

const FIRST = ['Alder', 'Birch', 'Cobalt', 'Dover', 'Ember', 'Fjord', 'Garnet', 'Harbour', 'Indigo', 'Juniper', 'Kelp', 'Lark']
const CUSTOMER_KINDS = ['Retail', 'Logistics', 'Health', 'Insurance', 'Media', 'Foods', 'Energy', 'Labs', 'Travel', 'Legal']
const SUPPLIER_KINDS = ['Steel', 'Alloys', 'Packaging', 'Freight', 'Tooling', 'Power', 'Coatings', 'Gases']
const named = (prefix: string, kinds: readonly string[]): Named =>
  FIRST.flatMap((first, i) =>
    kinds.map(
      (kind, j) => [`${prefix}${String(i * kinds.length + j + 1).padStart(4, '0')}`, `${first} ${kind} (invented)`] as const,
    ),
  )
export const CUSTOMERS = named('C', CUSTOMER_KINDS)
export const SUPPLIERS = named('S', SUPPLIER_KINDS)
