import type { Dimension } from '#server/domain/job.ts'
import type { JobInput } from './load.ts'

/** A line of the small ledger tests are made of. Left out: a posted line of one unit of its currency. */
export type LedgerRow = Partial<Record<(typeof COLUMNS)[number], string>> & { readonly id: string }

export const COLUMNS = [
  'id',
  'entity',
  'period',
  'version',
  'currency',
  'account',
  'cost_centre',
  'document',
  'posted_on',
  'debit',
  'credit',
  'text',
] as const

const DEFAULTS: Readonly<Record<string, string>> = {
  entity: 'NO01',
  period: '2026-03',
  version: 'actual',
  currency: 'NOK',
  account: '4000',
  cost_centre: 'CC1',
  posted_on: '2026-03-15',
}

type Overrides = Partial<Omit<JobInput, 'mapping' | 'rules'>> & { mapping?: JobInput['mapping']; rules?: JobInput['rules'] }

/** The job of that ledger. Retries come at once: tests wait for nobody. */
export const ledgerJob = ({ mapping, rules, ...rest }: Overrides = {}): JobInput => ({
  job: 'ledger',
  title: 'Ledger',
  owner: 'finance',
  system: { code: 'erp', name: 'ERP', kind: 'erp' },
  source: { type: 'file' },
  format: { type: 'csv' },
  objectType: 'journal_line',
  retry: { attempts: 5, baseMs: 10, maxMs: 20 },
  ...rest,
  mapping: { key: ['id'], ...mapping, fields: { description: 'text', ...mapping?.fields } },
  rules: { ...rules },
})

/** Trailer columns of `withTrailer`: records, documents, debit, credit. */
export const TRAILER = { match: 'TRAILER', fields: { records: 2, documents: 3, debit: 4, credit: 5 } } as const

export const memberJob = (dimension: Exclude<Dimension, 'counterparty'> | 'supplier' | 'customer'): JobInput => ({
  job: `members-${dimension.replace('_', '-')}`,
  title: `Members: ${dimension}`,
  owner: 'finance',
  system: { code: 'erp', name: 'ERP', kind: 'erp' },
  source: { type: 'file' },
  format: { type: 'csv' },
  objectType: dimension,
  ...(dimension === 'entity' ? { mapping: { attributes: ['calendar'] } } : {}),
})

export const ledgerCsv = (rows: readonly LedgerRow[], trailer?: readonly (string | number)[]): string =>
  csv(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column] ?? defaultOf(column, row))),
  ) + (trailer ? `TRAILER,${trailer.join(',')}\n` : '')

export const memberCsv = (columns: readonly string[], rows: readonly (readonly string[])[]): string => csv(columns, rows)

export const csv = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${[columns, ...rows].map((row) => row.map(quoted).join(',')).join('\n')}\n`

const quoted = (cell: string) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

function defaultOf(column: (typeof COLUMNS)[number], row: LedgerRow): string {
  if (column === 'document') return `D-${row.id}`
  if (column === 'debit') return row.credit === undefined ? '1' : ''
  return DEFAULTS[column] ?? ''
}

/** `count` lines of two-line documents that balance: amounts differ from line to line, the same for the same arguments. */
export function ledgerRows(
  count: number,
  { prefix = 'L', ...fixed }: Partial<LedgerRow> & { prefix?: string } = {},
): LedgerRow[] {
  return Array.from({ length: count }, (_, i) => {
    const document = Math.floor(i / 2)
    const cents = 1_000 + ((document * 7_919) % 900_000)
    const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
    const side = i % 2 === 0 ? { debit: amount, credit: '' } : { debit: '', credit: amount }
    return { document: `${prefix}D${document}`, ...side, ...fixed, id: `${prefix}${i + 1}` }
  })
}

/** The same ledger asked for over HTTP: of the simulated ledger at `url`. */
export const httpLedgerJob = (url: string, { source, ...overrides }: Overrides = {}): JobInput =>
  ledgerJob({
    job: 'http-ledger',
    source: {
      type: 'http',
      url: `${url}/v1/lines`,
      recordsPath: 'lines',
      paging: { style: 'cursor', nextCursorPath: 'paging.next' },
      ...source,
    },
    format: {
      type: 'json',
      records: 'lines',
      count: 'totals.count',
      totals: { debit: 'totals.debit', credit: 'totals.credit', currency: 'totals.currency' },
    },
    ...overrides,
    mapping: {
      fields: { cost_centre: 'department', accounting_status: 'status', posted_on: 'postedOn', description: 'description' },
      ...overrides.mapping,
    },
  })
