import { describe, expect, test } from 'vitest'
import { camt053 } from '#server/formats/camt053.ts'
import { failureOf, locateSample, readSample, type ReadResult } from '#server/formats/testing.ts'
import { camtBalance, camtFile, type CamtStatement } from '#server/formats/testing/bank-samples.ts'

const cellsOf = ({ columns, rows }: ReadResult, ...names: string[]) =>
  rows.map((row) => names.map((name) => row[columns.indexOf(name)]).join(' '))
const claimsOf = ({ claims }: ReadResult) =>
  claims.flatMap((claim) =>
    claim.kind === 'balance'
      ? [
          `${claim.statedAs}: ${claim.measure} ${claim.value}, beside ${claim.beside}, ${claim.firstPosition} to ${claim.lastPosition}`,
        ]
      : [],
  )

const TWO: CamtStatement = {
  sequence: 210,
  opening: '1000.00',
  closing: '1150.50',
  entries: [
    { amount: '250.50', reference: 'BR-1', name: 'Birkenfeld Handel', text: 'Invoice', endToEnd: 'E2E-77' },
    { amount: '-100.00', reference: 'BR-2' },
  ],
}

test.each(['02', '03', '04', '08', '13'])('version %s says the same in its own words', async (version) => {
  const read = await readSample(camt053, camtFile([TWO], version))
  expect(
    cellsOf(read, 'account', 'statement', 'sequence', 'entry', 'amount', 'currency', 'booking_date', 'bank_reference'),
  ).toEqual([
    'DE02100100100006820101 STMT-210 210 1 250.50 EUR 2026-10-31 BR-1',
    'DE02100100100006820101 STMT-210 210 2 -100.00 EUR 2026-10-31 BR-2',
  ])
  expect(cellsOf(read, 'counterparty_name', 'counterparty_account', 'counterparty_bank', 'end_to_end_id', 'remittance')[0]).toBe(
    'Birkenfeld Handel DE89370400440532013000 COBADEFFXXX E2E-77 Invoice 4711',
  )
  expect(cellsOf(read, 'transaction_code')[0]).toBe('PMNT/RCDT/ESCT')
  expect(claimsOf(read)).toEqual(['CLBD: closing 1150.50, beside 1000.00, 1 to 2'])
  expect(read.statements).toMatchObject([
    {
      account: 'DE02100100100006820101',
      statement: 'STMT-210',
      sequence: 210,
      page: 1,
      isLastPage: true,
      opening: '1000.00',
      closing: '1150.50',
    },
  ])
})

test('a prefix, an envelope around the document and other encodings change nothing', async () => {
  const plain = await readSample(camt053, camtFile([TWO]))
  const prefixed = await readSample(camt053, camtFile([TWO], '08', 'ns2'))
  const wrapped = await readSample(
    camt053,
    `<Envelope xmlns="urn:x"><AppHdr><BizSvc>x</BizSvc></AppHdr>${camtFile([TWO]).replace(/<\?xml.*\?>/, '')}</Envelope>`,
  )
  const wide = await readSample(camt053, Buffer.from(`\uFEFF${camtFile([TWO]).replace('UTF-8', 'UTF-16')}`, 'utf16le'))
  for (const read of [prefixed, wrapped, wide]) expect(read).toEqual(plain)
  expect(await readSample(camt053, camtFile([TWO]), { chunkSize: 7 })).toEqual(plain)
})

test('several statements of several accounts in one file are each known by their own places', async () => {
  const other: CamtStatement = {
    id: 'S-2',
    account: 'GB33BUKB20201555555555',
    currency: 'GBP',
    opening: '0.00',
    closing: '-7.25',
    entries: [{ amount: '-7.25' }],
  }
  const read = await readSample(
    camt053,
    camtFile([TWO, other, { ...TWO, id: 'S-3', sequence: 211, opening: '1150.50', closing: '1150.50', entries: [] }]),
  )
  expect(claimsOf(read)).toEqual([
    'CLBD: closing 1150.50, beside 1000.00, 1 to 2',
    'CLBD: closing -7.25, beside 0.00, 3 to 3',
    'CLBD: closing 1150.50, beside 1150.50, 1 to 0',
  ])
  expect(read.statements.map(({ account, records }) => `${account} ${records}`)).toEqual([
    'DE02100100100006820101 2',
    'GB33BUKB20201555555555 1',
    'DE02100100100006820101 0',
  ])
})

test('an entry is its details where they add up to it, and one record where they do not', async () => {
  const split = { amount: '30.00', reference: 'B', details: ['10.00', '12.50', '7.50'] }
  const returned = { amount: '5.00', details: ['10.00', '-5.00'] }
  const unequal = { amount: '30.00', details: ['10.00', '12.50'] }
  for (const version of ['02', '08']) {
    const read = await readSample(camt053, camtFile([{ opening: '0.00', closing: '60.00', entries: [split, unequal] }], version))
    expect(cellsOf(read, 'entry', 'amount')).toEqual(['1.1 10.00', '1.2 12.50', '1.3 7.50', '2 30.00'])
  }
  const read = await readSample(camt053, camtFile([{ opening: '0.00', closing: '5.00', entries: [returned] }]))
  expect(cellsOf(read, 'entry', 'amount')).toEqual(['1.1 10.00', '1.2 -5.00'])
})

test('what is not booked is no record, is counted and summed, and stands beside what is stated of all entries', async () => {
  const summary = `<TxsSummry><TtlNtries><NbOfNtries>4</NbOfNtries><Sum>375.50</Sum><TtlNetNtry><Amt>175.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry></TtlNtries>
<TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>275.50</Sum></TtlCdtNtries><TtlDbtNtries><NbOfNtries>2</NbOfNtries><Sum>100.00</Sum></TtlDbtNtries></TxsSummry>`
  const pending = [
    { amount: '25.00', status: 'PDNG' },
    { amount: '-0.00', status: 'INFO', direction: 'DBIT' as const },
  ]
  const read = await readSample(camt053, camtFile([{ ...TWO, summary, entries: [...TWO.entries, ...pending] }]))
  expect(read.rows).toHaveLength(2)
  expect(read.statements).toMatchObject([{ notBooked: 2, notBookedNet: '25.00' }])
  expect(claimsOf(read).slice(1)).toEqual([
    'TtlNtries/NbOfNtries: records 4, beside 2, 1 to 2',
    'TtlNtries/Sum: gross 375.50, beside 25.00, 1 to 2',
    'TtlCdtNtries/NbOfNtries: records_in 2, beside 1, 1 to 2',
    'TtlCdtNtries/Sum: in 275.50, beside 25.00, 1 to 2',
    'TtlDbtNtries/NbOfNtries: records_out 2, beside 1, 1 to 2',
    'TtlDbtNtries/Sum: out 100.00, beside 0.00, 1 to 2',
    'TtlNetNtry: net 175.50, beside 25.00, 1 to 2',
  ])
})

describe('pages of one statement', () => {
  const first: CamtStatement = {
    ...TWO,
    page: [1, false],
    balances: camtBalance('OPBD', '1000.00') + camtBalance('ITBD', '1150.50'),
  }
  const second: CamtStatement = {
    ...TWO,
    page: [2, true],
    balances: camtBalance('ITBD', '1150.50') + camtBalance('CLBD', '1160.50'),
    entries: [{ amount: '10.00' }],
  }

  test('in one file are one claim over all of them, interim balances or not', async () => {
    const read = await readSample(camt053, camtFile([first, second]))
    expect(claimsOf(read)).toEqual(['CLBD: closing 1160.50, beside 1000.00, 1 to 3'])
    expect(cellsOf(read, 'entry')).toEqual(['1', '2', '2/1'])
    const whole = camtBalance('OPBD', '1000.00') + camtBalance('CLBD', '1160.50')
    const repeated = await readSample(
      camt053,
      camtFile([
        { ...first, balances: whole },
        { ...second, balances: whole },
      ]),
    )
    expect(claimsOf(repeated)).toEqual(claimsOf(read))
  })

  test('in two files each open and close at an interim balance', async () => {
    const [one, two] = await Promise.all([first, second].map((page) => readSample(camt053, camtFile([page]))))
    expect([claimsOf(one!), claimsOf(two!)]).toEqual([
      ['CLBD: closing 1150.50, beside 1000.00, 1 to 2'],
      ['CLBD: closing 1160.50, beside 1150.50, 1 to 1'],
    ])
    expect(one!.statements).toMatchObject([{ page: 1, isLastPage: false }])
  })

  test('a summary that each page repeats is about the whole, one of its own about the page', async () => {
    const of = (n: number) => `<TxsSummry><TtlNtries><NbOfNtries>${n}</NbOfNtries></TtlNtries></TxsSummry>`
    const whole = await readSample(
      camt053,
      camtFile([
        { ...first, summary: of(3) },
        { ...second, summary: of(3) },
      ]),
    )
    expect(claimsOf(whole)[1]).toBe('TtlNtries/NbOfNtries: records 3, beside 0, 1 to 3')
    const each = await readSample(
      camt053,
      camtFile([
        { ...first, summary: of(2) },
        { ...second, summary: of(1) },
      ]),
    )
    expect(claimsOf(each).slice(1)).toEqual([
      'TtlNtries/NbOfNtries: records 2, beside 0, 1 to 2',
      'TtlNtries/NbOfNtries: records 1, beside 0, 3 to 3',
    ])
  })
})

test('amounts keep five decimals, nothing, eighteen digits and the direction of a reversal as it is booked', async () => {
  const entries = [
    { amount: '0.12345' },
    { amount: '0', direction: 'DBIT' as const },
    { amount: '-1234567890123456.78', reversal: true },
    { amount: '7.' },
  ]
  const read = await readSample(camt053, camtFile([{ entries }]))
  expect(cellsOf(read, 'amount', 'reversal')).toEqual(['0.12345 ', '0.00 ', '-1234567890123456.78 true', '7.00 '])
  const yen = await readSample(camt053, camtFile([{ currency: 'JPY', opening: '5', closing: '12', entries: [{ amount: '7' }] }]))
  expect([cellsOf(yen, 'amount'), claimsOf(yen)]).toEqual([['7'], ['CLBD: closing 12, beside 5, 1 to 1']])
})

test('a date with a time is the day the bank wrote; a day before opens as well, a copy says that it is one', async () => {
  const text = camtFile([{ ...TWO, copy: 'DUPL', balances: camtBalance('PRCD', '1000.00') + camtBalance('CLBD', '1150.50') }])
  const read = await readSample(
    camt053,
    text.replaceAll('<BookgDt><Dt>2026-10-31</Dt>', '<BookgDt><DtTm>2026-10-31T23:30:00-05:00</DtTm>'),
  )
  expect(cellsOf(read, 'booking_date')).toEqual(['2026-10-31', '2026-10-31'])
  expect(claimsOf(read)).toEqual(['CLBD: closing 1150.50, beside 1000.00, 1 to 2'])
  expect(read.statements[0]?.copy).toBe('DUPL')
})

test.each([
  ['another message', (xml: string) => xml.replaceAll('BkToCstmrStmt', 'BkToCstmrAcctRpt'), 'holds <BkToCstmrAcctRpt>'],
  ['another schema', (xml: string) => xml.replace('camt.053.001', 'camt.052.001'), 'the document is "camt.052.001.08"'],
  ['no document', () => '<a><b/></a>', 'its root element is <a>'],
  ['a status nobody knows', (xml: string) => xml.replace('BOOK', 'BOKD'), 'line 14: the status of the entry is "BOKD"'],
  ['no status', (xml: string) => xml.replace('<Sts><Cd>BOOK</Cd></Sts>', ''), 'the status of the entry is ""'],
  [
    'no direction',
    (xml: string) => xml.replace(/<CdtDbtInd>CRDT<\/CdtDbtInd>(?=<Sts>)/, ''),
    'the entry is neither CRDT nor DBIT but ""',
  ],
  ['a signed amount', (xml: string) => xml.replace('>250.50<', '>-250.50<'), 'the amount of the entry is "-250.50"'],
  ['six decimals', (xml: string) => xml.replace('>250.50<', '>250.500001<'), 'the amount of the entry is "250.500001"'],
  [
    'an amount with elements',
    (xml: string) => xml.replace('>250.50<', '>250<b/>.50<'),
    '<Amt> holds elements where a value should stand',
  ],
  [
    'another currency',
    (xml: string) => xml.replace('Ccy="EUR">250.50', 'Ccy="USD">250.50'),
    'the entry is in "USD", and its statement in EUR',
  ],
  ['no account', (xml: string) => xml.replace(/<IBAN>.*?<\/IBAN>/, ''), 'the account of the statement is ""'],
  [
    'two closing balances',
    (xml: string) => xml.replace(/<Bal>(?:(?!<Bal>).)*CLBD.*?<\/Bal>/, '$&$&'),
    'the balance "CLBD" stands twice',
  ],
  ['an amount twice', (xml: string) => xml.replace(/<Amt Ccy="EUR">250.50<\/Amt>/, '$&$&'), 'stands twice in one entry'],
  [
    'a day of a balance that is not',
    (xml: string) => xml.replace('<Dt>2026-10-30</Dt>', '<Dt>2026-02-30</Dt>'),
    'the day of the balance "OPBD" is "2026-02-30"',
  ],
  [
    'a page of many digits',
    (xml: string) => xml.replace('<ElctrncSeqNb>210', '<StmtPgntn><PgNb>99999999999</PgNb></StmtPgntn><ElctrncSeqNb>210'),
    'a number of the statement is "99999999999"',
  ],
  ['a cut file', (xml: string) => xml.slice(0, -200), 'was it cut short?'],
  [
    'a document type',
    (xml: string) => xml.replace('<Document', '<!DOCTYPE a [<!ENTITY b "c">]><Document'),
    'file_hostile: the file declares a document type',
  ],
  ['nothing', () => '  \n', 'file_empty: there is no text in it'],
])('%s is refused with its place', async (_, change, refusal) => {
  expect(await failureOf(readSample(camt053, change(camtFile([TWO]))))).toContain(refusal)
})

test('a record is found again with its own element', async () => {
  const file = camtFile([
    { opening: '0.00', closing: '30.00', entries: [{ amount: '10.00' }, { amount: '20.00', details: ['5.00', '15.00'] }] },
  ])
  const found = await locateSample(camt053, file, { position: 3 })
  expect(found?.text).toMatch(/^<Ntry><Amt Ccy="EUR">20\.00<.*<\/Ntry>$/s)
  expect(found?.cells.find(({ column }) => column === 'amount')?.value).toBe('15.00')
  expect(await locateSample(camt053, file, { position: 4 })).toBeNull()
})

test('the same statement has the same hash, whatever the file around it; one cent makes another', async () => {
  const hashOf = async (file: string) => (await readSample(camt053, file)).statements[0]?.contentHash
  const hash = await hashOf(camtFile([TWO]))
  expect(await hashOf(camtFile([{ ...TWO, copy: 'COPY' }], '02'))).toBe(hash)
  expect(await hashOf(camtFile([TWO]).replace('>100.00<', '>100.01<'))).not.toBe(hash)
})

test('a hundred thousand entries are read in batches, in bounded memory', async () => {
  const entry = camtFile([{ entries: [{ amount: '1.00', reference: 'R' }] }])
  const [head, one, tail] = [
    entry.slice(0, entry.indexOf('<Ntry>')),
    entry.slice(entry.indexOf('<Ntry>'), entry.indexOf('</Stmt>')),
    entry.slice(entry.indexOf('</Stmt>')),
  ]
  async function* bytes() {
    yield Buffer.from(head)
    for (let i = 0; i < 1_000; i++) yield Buffer.from(one.repeat(100))
    yield Buffer.from(tail)
  }
  let [records, largest] = [0, 0]
  for await (const parsed of camt053.read({ bytes: bytes(), settings: {}, objectType: 'journal_line' })) {
    if (parsed.kind !== 'records') continue
    records += parsed.rows.length
    largest = Math.max(largest, parsed.rows.length)
  }
  expect([records, largest]).toEqual([100_000, 1_000])
})
