import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safT } from '#server/formats/saf-t.ts'
import { failureOf, locateSample, mutated, readSample } from '#server/formats/testing.ts'
import type { ObjectType } from '#server/domain/record.ts'

const HEADER = `<Header><AuditFileVersion>1.0</AuditFileVersion><Company><RegistrationNumber>999888777</RegistrationNumber>
  <Name>Fjord &amp; Fjell AS</Name><BankAccount><CurrencyCode>EUR</CurrencyCode></BankAccount></Company>
  <DefaultCurrencyCode>NOK</DefaultCurrencyCode></Header>`
const LINE = `<Line><RecordID>1</RecordID><AccountID>4000</AccountID>
  <Analysis><AnalysisType>A</AnalysisType><AnalysisID>102</AnalysisID>
    <AnalysisAmount><Amount>9</Amount></AnalysisAmount></Analysis>
  <Analysis><AnalysisType>P</AnalysisType><AnalysisID>P7</AnalysisID></Analysis>
  <Analysis><AnalysisType>X</AnalysisType><AnalysisID>other</AnalysisID></Analysis>
  <ValueDate>2017-01-03</ValueDate><SourceDocumentID>D-1</SourceDocumentID><SupplierID>S1</SupplierID>
  <Description>Stoff <!-- cut --><![CDATA[<& tråd>]]></Description>
  <DebitAmount><Amount> 10.50 </Amount><CurrencyCode>EUR</CurrencyCode><CurrencyAmount>1.05</CurrencyAmount></DebitAmount>
  <TaxInformation><TaxAmount><Amount>777</Amount></TaxAmount></TaxInformation><ReferenceNumber>R9</ReferenceNumber></Line>`
const CREDIT = `<Line><RecordID>2</RecordID><AccountID>2400</AccountID><CustomerID>C1</CustomerID><Description>b</Description>
  <CreditAmount><Amount>10.50</Amount></CreditAmount></Line>`
const TRANSACTION = `<Transaction><TransactionID>T1</TransactionID><Period>1</Period><PeriodYear>2017</PeriodYear>
  <TransactionDate>2017-01-04</TransactionDate><Description>x</Description><GLPostingDate>2017-01-05</GLPostingDate>`
const MASTER = `<MasterFiles><GeneralLedgerAccounts>
  <Account><AccountID>4000</AccountID><AccountDescription>Varer</AccountDescription><StandardAccountID>40</StandardAccountID>
    <AccountCreationDate>2015-01-01</AccountCreationDate><OpeningDebitBalance>0</OpeningDebitBalance>
    <ClosingDebitBalance>10.50</ClosingDebitBalance></Account>
  <Account><AccountID>2400</AccountID><AccountDescription>Gjeld</AccountDescription><GroupingCode>24</GroupingCode>
    <OpeningDebitBalance>0.05</OpeningDebitBalance><OpeningCreditBalance>90071992547409931.10</OpeningCreditBalance>
    <ClosingCreditBalance>12</ClosingCreditBalance></Account>
  <Account><AccountID>9999</AccountID><AccountDescription>Uten saldo</AccountDescription></Account></GeneralLedgerAccounts>
  <Customers><Customer><RegistrationNumber>1</RegistrationNumber><Name>Kunde</Name><CustomerID>C1</CustomerID>
    <BalanceAccount><AccountID>1500</AccountID></BalanceAccount><BalanceAccount><AccountID>1501</AccountID></BalanceAccount>
    </Customer></Customers>
  <Suppliers><Supplier><Name>Leverandør</Name><BankAccount><CurrencyCode>USD</CurrencyCode></BankAccount>
    <SupplierID>S1</SupplierID><AccountID>2400</AccountID>
    <PartyInfo><CurrencyCode>SEK</CurrencyCode><Status>Active</Status></PartyInfo></Supplier></Suppliers>
  <AnalysisTypeTable>
    ${[
      ['A', '101'],
      ['P', 'P7'],
      ['X', 'other'],
      ['A', '102'],
    ]
      .map(
        ([type, id]) => `<AnalysisTypeTableEntry>
      <AnalysisType>${type}</AnalysisType><AnalysisID>${id}</AnalysisID><AnalysisIDDescription>Navn ${id}</AnalysisIDDescription>
      <StartDate>2015-01-01</StartDate><Status>Active</Status></AnalysisTypeTableEntry>`,
      )
      .join('')}
  </AnalysisTypeTable></MasterFiles>`
const TOTALS = '<NumberOfEntries>1</NumberOfEntries><TotalDebit>10.50</TotalDebit><TotalCredit>10.50</TotalCredit>'

const JOURNAL = '<Journal><JournalID>GL</JournalID><Type>GL</Type>'
const END = '</Transaction></Journal></GeneralLedgerEntries></AuditFile>'

const file = (lines = LINE + CREDIT, { header = HEADER, totals = TOTALS, declaration = '' } = {}) =>
  `${declaration}<AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO">${header}${MASTER}
  <GeneralLedgerEntries>${totals}${JOURNAL}${TRANSACTION}${lines}${END}`
const prefixed = (xml: string) => xml.replaceAll(/<(\/?)([A-Z])/g, '<$1n1:$2').replace('xmlns=', 'xmlns:n1=')

const read = (sample: string | Uint8Array, objectType: ObjectType = 'journal_line', settings: unknown = {}) =>
  readSample(safT, sample, { objectType, settings })
const failure = (sample: string | Uint8Array) => failureOf(read(sample))
const cells = async (objectType: ObjectType, sample = file()) => {
  const { columns, rows } = await read(sample, objectType)
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
}

describe('records', () => {
  test('journal lines carry their transaction, their dimensions and the amount in the currency of the company', async () => {
    for (const sample of [file(), prefixed(file()), file().replaceAll(/\n\s*/g, '')]) {
      const [debit, credit] = await cells('journal_line', sample)
      expect(debit).toEqual({
        entity: '999888777',
        journal: 'GL',
        transaction: 'T1',
        record: '1',
        period: '2017-01',
        account: '4000',
        cost_centre: '102',
        project: 'P7',
        supplier: 'S1',
        customer: '',
        currency: 'NOK',
        foreign_currency: 'EUR',
        foreign_amount: '1.05',
        debit: '10.50',
        credit: '',
        effective_on: '2017-01-04',
        posted_on: '2017-01-05',
        value_date: '2017-01-03',
        description: 'Stoff <& tråd>',
        reference: 'R9',
        document: 'D-1',
      })
      expect(credit).toMatchObject({ record: '2', debit: '', credit: '10.50', cost_centre: '', customer: 'C1', supplier: '' })
    }
  })

  test('a line split over two cost centres keeps both', async () => {
    const second = '<Analysis><AnalysisType>A</AnalysisType><AnalysisID>103</AnalysisID></Analysis><ValueDate>'
    const [line] = await cells('journal_line', file(LINE.replace('<ValueDate>', second)))
    expect(line?.cost_centre).toBe('102|103')
  })

  test('master files come with their own columns', async () => {
    expect(await cells('entity')).toEqual([{ code: '999888777', name: 'Fjord & Fjell AS', currency: 'NOK' }])
    expect(await cells('account')).toEqual([
      { code: '4000', name: 'Varer', standard_code: '40', valid_from: '2015-01-01', opening: '0', closing: '10.50' },
      { code: '2400', name: 'Gjeld', standard_code: '24', valid_from: '', opening: '-90071992547409931.05', closing: '-12' },
      { code: '9999', name: 'Uten saldo', standard_code: '', valid_from: '', opening: '', closing: '' },
    ])
    const party = { registration_number: '', account: '2400', currency: 'SEK', status: 'Active' }
    expect(await cells('supplier')).toEqual([{ code: 'S1', name: 'Leverandør', ...party }])
    expect(await cells('customer')).toEqual([
      { code: 'C1', name: 'Kunde', registration_number: '1', account: '1500', currency: '', status: '' },
    ])
    expect((await cells('cost_centre')).map(({ code }) => code)).toEqual(['101', '102'])
    expect(await cells('project')).toEqual([
      { code: 'P7', name: 'Navn P7', valid_from: '2015-01-01', valid_to: '', status: 'Active' },
    ])
  })

  test('the job says which analysis type is which dimension', async () => {
    const settings = { analysis: { cost_centre: 'X' } }
    const { rows } = await read(file(), 'cost_centre', settings)
    expect(rows.map(([code]) => code)).toEqual(['other'])
    expect(safT.settings.safeParse({ analysis: { cost_centre: 'P' } }).success).toBe(false)
  })

  test('come in batches, positions going on from one to the next', async () => {
    const { rows, positions } = await read(file(LINE + CREDIT.repeat(12_000)))
    expect(rows).toHaveLength(12_001)
    expect(positions).toEqual(rows.map((_, index) => index + 1))
  })
})

describe('claims', () => {
  test('are what the file states about its entries and its accounts', async () => {
    const { claims } = await read(file())
    const total = { kind: 'total', objectType: 'journal_line' }
    const forward = { kind: 'roll_forward', currency: 'NOK', statedAs: 'GeneralLedgerAccounts/Account' }
    expect(claims).toEqual([
      { ...forward, account: '4000', opening: '0', closing: '10.50' },
      { ...forward, account: '2400', opening: '-90071992547409931.05', closing: '-12' },
      { ...total, measure: 'documents', value: '1', currency: null, statedAs: 'NumberOfEntries' },
      { ...total, measure: 'debit', value: '10.50', currency: 'NOK', statedAs: 'TotalDebit' },
      { ...total, measure: 'credit', value: '10.50', currency: 'NOK', statedAs: 'TotalCredit' },
    ])
  })
})

describe('encodings', () => {
  const declared = (name: string) => file(undefined, { declaration: `<?xml version="1.0" encoding="${name}"?>` })

  test.each([
    ['iso-8859-1', Buffer.from(declared('ISO-8859-1'), 'latin1')],
    ['windows-1252', Buffer.from(declared('Windows-1252'), 'latin1')],
    ['utf-16le', Buffer.from(`\uFEFF${declared('UTF-16')}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\uFEFF${declared('UTF-16')}`, 'utf16le').swap16()],
    ['utf-16be without mark', Buffer.from(file(), 'utf16le').swap16()],
    ['utf-8 with mark', Buffer.from(`\uFEFF${declared('utf-8')}`)],
  ])('%s is read as the file says', async (_, sample) => {
    expect((await read(sample)).rows[0]).toContain('Stoff <& tråd>')
  })

  test('one that is not true, or not known, is refused', async () => {
    const untrue = Buffer.from(declared('utf-8'), 'latin1')
    expect(await failure(untrue)).toMatch(/^file_encoding_wrong: line \d+ is not utf-8: byte 0xF8/)
    expect(await failure(declared('KOI8-R'))).toContain('file_encoding_wrong: the file says it is "KOI8-R", which')
  })
})

describe('malformed and hostile files', () => {
  const laughs = '<!DOCTYPE AuditFile [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'

  test.each([
    ['', 'file_empty: there is no text in it'],
    [' \n\t', 'file_empty: there is no text in it'],
    ['a;b;c\n1;2;3', 'file_malformed: the file is not XML: it starts with "a;b;c\\n1;2;3"'],
    ['<Document><a/></Document>', 'file_malformed: this is no SAF-T file: its root element is <Document>'],
    [file().slice(0, -40), `the file ends on line ${file().split('\n').length} inside <Journal>; was it cut short?`],
    [`${laughs}<AuditFile>&b;</AuditFile>`, 'file_hostile: the file declares a document type on line 1'],
    ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><AuditFile/>', 'file_hostile: the file declares a document type on line 1'],
    [`<AuditFile>${'<a>'.repeat(200)}`, 'file_hostile: line 1 of the file nests deeper than 100 elements'],
    [`<AuditFile><a>${'x'.repeat(2 ** 20 + 1)}</a></AuditFile>`, 'file_hostile: line 1 of the file holds a text of more'],
    [`<AuditFile><a b="${'x'.repeat(3 * 2 ** 20)}`, 'file_hostile: line 1 of the file holds a text of more than 1 MiB'],
    [file(undefined, { header: '' }), 'file_malformed: line 4: the Header is missing; it must come first'],
    [file(undefined, { totals: '<NumberOfEntries>-3</NumberOfEntries>' }), 'states a count of "-3"'],
    [file(undefined, { totals: '<TotalDebit>1,5</TotalDebit>' }), '<TotalDebit> states a total of "1,5"'],
    [file().replace('<OpeningDebitBalance>0<', '<OpeningDebitBalance>n/a<'), 'the opening balance of account "4000" is "n/a"'],
    [file(`${LINE}<PeriodYear>2018</PeriodYear>`), '<PeriodYear> stands after the lines of its transaction, which need it'],
    [file(LINE.replace('</DebitAmount>', '<Amount>1</Amount></DebitAmount>')), '<DebitAmount/Amount> stands twice in one line'],
    [file(LINE.replace(' 10.50 ', '10<b/>50')), '<DebitAmount/Amount> holds elements where a value should stand'],
    [file().replace('AS</Name>', '&unknown;</Name>'), 'undefined entity'],
    [`<AuditFile>\n\0</AuditFile>`, 'file_malformed: line 2, column 1 of the file: disallowed character.'],
  ])('refuses sample %#', async (sample, detail) => {
    expect(await failure(sample)).toContain(detail)
  })

  test('whatever happens to the bytes, it ends in records or in a technical failure', async () => {
    const valid = Buffer.from(file())
    const unit = fc.double({ min: 0, max: 1, noNaN: true })
    const changes = fc.array(fc.tuple(unit, fc.oneof(fc.constantFrom(0, 38, 47, 60, 62), fc.nat(255))), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(changes, fc.oneof(fc.constant(1), unit), async (flips, keep) => {
        const failed = await failure(mutated(valid, flips, keep))
        if (failed !== 'no failure') expect(failed).toMatch(/^file_/)
        else expect(keep).toBeGreaterThan(0.99)
      }),
      { numRuns: 500 },
    )
  })
})

describe('locating', () => {
  const at = (position: number, objectType: ObjectType, sample = file(), chunkSize?: number) =>
    locateSample(safT, sample, { position, objectType, chunkSize })

  test('shows the element as it stands in the file, also on a single line', async () => {
    expect((await at(1, 'journal_line'))?.text).toBe(LINE)
    expect((await at(2, 'journal_line'))?.text).toBe(CREDIT)
    expect((await at(1, 'entity'))?.text).toBe(HEADER)
    const minified = file().replaceAll(/\n\s*/g, '')
    const second = await at(2, 'cost_centre', minified)
    expect(second?.text).toMatch(/^<AnalysisTypeTableEntry><AnalysisType>A<.*>Navn 102<.*<\/AnalysisTypeTableEntry>$/)
    expect(second?.cells).toContainEqual({ column: 'code', value: '102' })
    expect(await at(3, 'cost_centre')).toBeNull()
    expect(await at(1, 'budget_line')).toBeNull()
  })

  test('finds elements that lie across pieces, and shortens the very long', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => CREDIT.replace('>2<', `>${index}<`))
    const sample = prefixed(file(lines.join('')))
    for (let position = 1; position < 3_000; position += 61) {
      const text = prefixed(lines[position - 1] ?? '')
      expect((await at(position, 'journal_line', sample))?.text).toBe(text)
    }
    const long = CREDIT.replace('>b<', `>${'b'.repeat(500_000)}<`)
    expect((await at(2, 'journal_line', file(LINE + long)))?.text).toBe(long.slice(0, 20_000))
  })
})
