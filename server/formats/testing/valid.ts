import { Buffer } from 'node:buffer'
import { camtFile } from '#server/formats/testing/bank-samples.ts'
import type { Parts } from '#server/formats/testing/workbook.ts'

/** Small valid files of one ledger, in every format, to make malformed ones from. */
const LINES = Array.from({ length: 12 }, (_, index) => {
  const isDebit = index % 2 === 0
  const amount = `${100 + index * 7}.${index % 2 === 0 ? '50' : '05'}`
  return {
    id: `L${index + 1}`,
    entity: index < 6 ? 'NO01' : 'SE01',
    period: '2026-03',
    currency: index < 6 ? 'NOK' : 'SEK',
    account: String(4000 + index),
    posted_on: `2026-03-${10 + index}`,
    debit: isDebit ? amount : '',
    credit: isDebit ? '' : amount,
    text: ['plain', 'Tøyen – 𝄞', 'a, b; c', 'say "so"', 'two\nlines', ' blank '][index % 6]!,
  }
})
const COLUMNS = Object.keys(LINES[0]!) as (keyof (typeof LINES)[0])[]

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

export const CSV = Buffer.from(
  `${[COLUMNS.join(','), ...LINES.map((line) => COLUMNS.map((column) => quoted(line[column])).join(','))].join('\n')}\n`,
)

/** Amounts as numbers with their zeros, which JSON.stringify would not write. */
export const JSON_PAGE = Buffer.from(
  `{"totals":{"count":${LINES.length}},\n"lines":[\n${LINES.map((line) => {
    const { debit, credit, ...rest } = line
    const text = JSON.stringify({ ...rest, dimension: { tags: ['a', 1], code: line.account } })
    return `${text.slice(0, -1)},"debit":${debit || 'null'},"credit":${credit || '0.00'}}`
  }).join(',\n')}\n],"paging":{"next":null}}\n`,
)

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

export const SAF_T = Buffer.from(
  `<?xml version="1.0" encoding="utf-8"?>\n<AuditFile><Header><Company><RegistrationNumber>NO01</RegistrationNumber><Name>Fjord</Name></Company>
<DefaultCurrencyCode>NOK</DefaultCurrencyCode></Header>
<GeneralLedgerEntries><NumberOfEntries>1</NumberOfEntries><Journal><JournalID>GL</JournalID><Transaction><TransactionID>T1</TransactionID>
<Period>3</Period><PeriodYear>2026</PeriodYear><TransactionDate>2026-03-10</TransactionDate><GLPostingDate>2026-03-11</GLPostingDate>
${LINES.map(({ id, account, debit, credit, text }) => {
  const side = debit === '' ? 'Credit' : 'Debit'
  return `<Line><RecordID>${id}</RecordID><AccountID>${account}</AccountID><Description>${xml(text)}</Description>\
<${side}Amount><Amount>${debit || credit}</Amount></${side}Amount></Line>`
}).join('\n')}
</Transaction></Journal></GeneralLedgerEntries></AuditFile>\n`,
)

/** The same amounts as entries of a bank: minor units, money in positive. */
const ENTRIES = LINES.map(({ id, debit, credit, posted_on }) => ({
  id,
  on: posted_on,
  minor: Math.round(Number(debit || `-${credit}`) * 100),
}))
const NET = ENTRIES.reduce((sum, { minor }) => sum + minor, 0)
const amountOf = (minor: number) => (minor / 100).toFixed(2)
const markOf = (minor: number) => (minor < 0 ? 'D' : 'C')
const comma = (minor: number) => amountOf(Math.abs(minor)).replace('.', ',')

export const CAMT = Buffer.from(
  camtFile([
    {
      opening: '1000.00',
      closing: amountOf(100_000 + NET),
      sequence: 7,
      summary: `<TxsSummry><TtlNtries><NbOfNtries>${ENTRIES.length}</NbOfNtries></TtlNtries></TxsSummry>`,
      entries: ENTRIES.map(({ id, on, minor }) => ({
        amount: amountOf(minor),
        reference: `B${id}`,
        booked: on,
        value: on,
        text: 'Tøyen',
      })),
    },
  ]),
)

export const MT940 = Buffer.from(`:20:STMT
:25:10010010/0006820101
:28C:00007/001
:60F:C260309EUR1000,00
${ENTRIES.map(({ id, on, minor }) => `:61:${on.slice(2).replaceAll('-', '')}${on.slice(5).replace('-', '')}${markOf(minor)}${comma(minor)}NTRF${id}//B${id}\n:86:166?00SEPA?20Invoice?32Tøyen`).join('\n')}
:62F:${markOf(100_000 + NET)}260321EUR${comma(100_000 + NET)}
-
`)

const GROSS = ENTRIES.reduce((sum, { minor }) => sum + Math.abs(minor), 200_000 + NET)
export const BAI2 = Buffer.from(`01,BANK,TOYEN,260321,2400,1,80,1,2/
02,TOYEN,BANK,1,260321,2400,EUR,2/
03,0006820101,EUR,010,100000,,,015,${100_000 + NET},,/
${ENTRIES.map(({ id, minor }) => `16,${minor < 0 ? 475 : 142},${Math.abs(minor)},Z,B${id},${id},Tøyen, text`).join('\n')}
49,${GROSS},${ENTRIES.length + 2}/
98,${GROSS},1,${ENTRIES.length + 4}/
99,${GROSS},1,${ENTRIES.length + 6}/
`)

/** Texts of a workbook stand apart from its cells. */
export const SHARED = [...new Set(LINES.map(({ text }) => text.replace('\n', ' ')))]

const cellsOf = (cells: readonly string[], row: number) =>
  cells
    .map((cell, index) => {
      const name = `${String.fromCharCode(65 + index)}${row}`
      const shared = SHARED.indexOf(cell)
      if (shared !== -1) return `<c r="${name}" t="s"><v>${shared}</v></c>`
      const type = /^\d+\.\d+$/.test(cell) ? '' : ' t="str"'
      return cell === '' ? '' : `<c r="${name}"${type}><v>${cell}</v></c>`
    })
    .join('')

const sheet = [COLUMNS, ...LINES.map((line) => COLUMNS.map((column) => line[column].replace('\n', ' ')))]
  .map((cells, index) => `<row r="${index + 1}">${cellsOf(cells, index + 1)}</row>`)
  .join('')

const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/x/relationships/${type}" Target="${target}"/>`

export const WORKBOOK: Parts = {
  '_rels/.rels': `<Relationships>${relation('r1', 'officeDocument', '/xl/workbook.xml')}</Relationships>`,
  'xl/workbook.xml': '<workbook xmlns:x="x"><sheets><sheet name="Data" x:id="s1"/></sheets></workbook>',
  'xl/_rels/workbook.xml.rels': `<Relationships>${relation('s1', 'worksheet', 'worksheets/sheet1.xml')}${relation(
    's2',
    'sharedStrings',
    'sharedStrings.xml',
  )}${relation('s3', 'styles', 'styles.xml')}</Relationships>`,
  'xl/sharedStrings.xml': `<sst>${SHARED.map((text) => `<si><t>${xml(text)}</t></si>`).join('')}</sst>`,
  'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
  'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
}
