import writeExcelFile from 'write-excel-file/node'
import { commercialBankFiles } from './bank.ts'
import { entitiesOf, entityOf, type Entity } from './company.ts'
import { PLANTED } from './faults.ts'
import { postingsOf, type Posting } from './ledger.ts'
import { OPEN, periodOf } from './periods.ts'
import { controlOf, decimal } from './shown.ts'
import { factories } from './torvane.ts'
import type { WorldFile } from './world-file.ts'

/** The period whose plant file holds an account that nobody had mapped when it came. */
export const SCRAP_INDEX = 8
const FIRST_FILES = 8

/** Plant, workforce and bank: files in folders, the last four periods. */
export async function worldFiles(): Promise<WorldFile[]> {
  const periods = Array.from({ length: OPEN - FIRST_FILES + 1 }, (_, i) => FIRST_FILES + i)
  const plant = periods.flatMap((index) => factories.map((entity) => plantFile(entity, index)))
  const payroll = await Promise.all(periods.map(payrollFile))
  const repeated = plantFile(entityOf('TI03'), OPEN - 1)
  return [
    ...plant,
    { ...repeated, name: repeated.name.replace('.csv', '_resent.csv') },
    ...payroll,
    ...periods.map(bankFile),
    ...commercialBankFiles(periods),
  ]
}

const PLANT_ACCOUNTS: Readonly<Record<string, string>> = { '790000': 'FERTIG', '895000': 'LEISTUNG' }

/** Semicolons, commas for decimals, a trailer with sums: as plants have sent them for thirty years. */
function plantFile(entity: Entity, index: number): WorldFile {
  const { period } = periodOf(entity, index)
  const lines = postingsOf(entity, index).filter(({ kind }) => kind === 'production')
  const scrapped = entity.code === 'TI02' && index === SCRAP_INDEX ? lines.slice(0, 12).map(({ document }) => document) : []
  const account = ({ account: code, document }: Posting) =>
    scrapped.includes(document) && code === '895000' ? 'AUSSCHUSS' : PLANT_ACCOUNTS[code]
  const rows = lines.map((line) => [
    entity.code,
    line.document,
    `${line.line}`,
    account(line),
    line.costCentre,
    line.date.split('-').reverse().join('.'),
    line.minor > 0 ? german(decimal(line.minor, entity)) : '',
    line.minor < 0 ? german(decimal(-line.minor, entity)) : '',
    entity.currency,
    line.text,
  ])
  const wrong = entity.code === 'TI02' && index === OPEN ? PLANTED.wrongTrailer : 0
  const { debit, credit } = controlOf([...lines, ...(wrong ? [{ entity, minor: wrong }] : [])])
  const header = ['Werk', 'Beleg', 'Position', 'Konto', 'Kostenstelle', 'Buchungsdatum', 'Soll', 'Haben', 'Waehrung', 'Text']
  const trailer = ['SUMME', `${rows.length}`, german(debit), german(credit), entity.currency]
  return csvFile('plant', `movements_${entity.code}_${period}.csv`, [header, ...rows, trailer], ';')
}

async function payrollFile(index: number): Promise<WorldFile> {
  const lines = entitiesOf('torvane').flatMap((entity) => postingsOf(entity, index).filter(({ kind }) => kind === 'payroll'))
  const header = ['company', 'document', 'line', 'account', 'cost_centre', 'posted_on', 'debit', 'credit', 'currency', 'text']
  const rows = lines.map((line) => [
    line.entity.code,
    line.document,
    `${line.line}`,
    line.account,
    line.costCentre,
    line.date,
    line.minor > 0 ? decimal(line.minor, line.entity) : '',
    line.minor < 0 ? decimal(-line.minor, line.entity) : '',
    line.entity.currency,
    line.text,
  ])
  const { debit, credit } = controlOf(lines)
  const trailer = ['TOTAL', `${rows.length}`, debit, credit]
  const sheet = [header, ...rows, trailer].map((row) => row.map((value) => (value === '' ? null : { value, type: String })))
  const bytes = await writeExcelFile(sheet, { sheet: 'Payroll' }).toBuffer()
  return { folder: 'workforce', name: `payroll_${periodOf({ calendar: 'months' }, index).period}.xlsx`, bytes }
}

/** The bank of Torvane AG: its receipts and payments. The statement of the open period has a row that lost a cell. */
function bankFile(index: number): WorldFile {
  const entity = entityOf('TI01')
  const { period } = periodOf(entity, index)
  const lines = postingsOf(entity, index).filter(({ account }) => account === '113100')
  const rows = lines.map((line) => [line.document, line.date, decimal(line.minor, entity), entity.currency, line.text])
  const sent = rows.map((row, i) => (index === OPEN && i === 20 ? row.slice(0, -1) : row))
  const { net, currency } = controlOf(lines)
  const trailer = ['END', `${rows.length}`, net, currency ?? '']
  return csvFile(
    'bank',
    `statement_${period}.csv`,
    [['reference', 'booked_on', 'amount', 'currency', 'remittance'], ...sent, trailer],
    ',',
  )
}

function csvFile(folder: string, name: string, rows: readonly (readonly (string | undefined)[])[], delimiter: string): WorldFile {
  const quoted = (cell = '') => (cell.includes(delimiter) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell)
  return { folder, name, bytes: Buffer.from(`${rows.map((row) => row.map(quoted).join(delimiter)).join('\n')}\n`) }
}

/** 1234567.89 is 1.234.567,89 there. */
function german(amount: string): string {
  const [whole = '', fraction] = amount.split('.')
  return whole.replace(/\B(?=(\d{3})+$)/g, '.') + (fraction === undefined ? '' : `,${fraction}`)
}
