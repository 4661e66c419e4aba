import { expect, test } from 'vitest'
import { bai2 } from '#server/formats/bai2.ts'
import { failureOf, locateSample, readSample, type ReadResult } from '#server/formats/testing.ts'
import { BAI2_SAMPLE } from '#server/formats/testing/bank-samples.ts'

const cellsOf = ({ columns, rows }: ReadResult, ...names: string[]) =>
  rows.map((row) => names.map((name) => row[columns.indexOf(name)]).join(' | '))
const claimsOf = ({ claims }: ReadResult) =>
  claims.flatMap((claim) =>
    claim.kind === 'balance' ? [`${claim.statedAs} ${claim.measure} ${claim.value}, beside ${claim.beside}`] : [],
  )

/** A file of one account with these records; what its trailers state is made to fit. */
function fileOf(
  records: readonly string[],
  { group = '02,TORVANE,021000021,1,261031,2400,USD,2/', account = '03,44,USD,/', total = 0 } = {},
): string {
  const lines = records.length
  return `01,BANK,TORVANE,261031,2400,1,80,1,2/\n${group}\n${account}\n${records.join('\n')}\n49,${total},${lines + 2}/\n98,${total},1,${lines + 4}/\n99,${total},1,${lines + 6}/\n`
}

test('entries, their directions, texts with commas and slashes, and every stated total', async () => {
  const read = await readSample(bai2, BAI2_SAMPLE)
  expect(read.positions).toEqual([5, 6, 7])
  expect(
    cellsOf(
      read,
      'account',
      'statement',
      'amount',
      'booking_date',
      'transaction_code',
      'bank_reference',
      'customer_reference',
      'remittance',
    ),
  ).toEqual([
    '4401220 | 2026-10-31 | 1000.00 | 2026-10-31 | 142 | BR1 | INV-1001 | ACH CREDIT, LOT 7/8',
    '4401220 | 2026-10-31 | 500.00 | 2026-10-31 | 195 | BR2 |  | WIRE IN',
    '4401220 | 2026-10-31 | -250.00 | 2026-10-31 | 451 | BR3 | PAY77 | ACH DEBIT',
  ])
  expect(claimsOf(read)).toEqual([
    '010 and 015 closing 101250.00, beside 100000.00',
    '49 gross 204750.00, beside 203000.00',
    '49 records 6, beside 3',
    '98 gross 204750.00, beside 203000.00',
    '98 records 8, beside 5',
    '98 parts 1, beside 1',
    '99 gross 204750.00, beside 203000.00',
    '99 records 10, beside 7',
    '99 parts 1, beside 1',
  ])
})

test.each([
  ['no funds type', '16,142,100,,B,C,TEXT', '1.00 |  | B | C | TEXT'],
  ['three amounts behind S', '16,142,100,S,50,30,20,B,C,TEXT', '1.00 |  | B | C | TEXT'],
  ['a value date behind V', '16,142,100,V,261102,1200,B,C,TEXT', '1.00 | 2026-11-02 | B | C | TEXT'],
  ['pairs behind D', '16,142,100,D,2,0,60,1,40,B,C,TEXT', '1.00 |  | B | C | TEXT'],
  ['immediate funds', '16,142,100,0,B,C,A/B,C/', '1.00 |  | B | C | A/B,C'],
  ['a record that ends early', '16,475,100/', '-1.00 |  |  |  | '],
  ['no text', '16,475,100,Z,B,C,/', '-1.00 |  | B | C | '],
  ['a text on the next line', '16,475,100,Z,B,C,/\n88,TEXT, MORE/LESS', '-1.00 |  | B | C | TEXT, MORE/LESS'],
  ['fields that go on', '16,142,100,S,50,30,20/\n88,B,C,TEXT\n88,AND MORE', '1.00 |  | B | C | TEXT AND MORE'],
  ['an amount that is not there', '16,142,,Z,B,C,T', '0.00 |  | B | C | T'],
])('%s', async (_, record, says) => {
  const read = await readSample(bai2, fileOf(record.split('\n')))
  expect(cellsOf(read, 'amount', 'value_date', 'bank_reference', 'customer_reference', 'remittance')).toEqual([says])
})

test('amounts have the decimals of their currency, and totals add them as they are written', async () => {
  const text = `01,B,T,261031,,1,,,2/
02,T,B,1,261031,,,2/
03,1,JPY,010,500,,,015,1500,,/
16,142,1000,Z,,,
49,3000,3/
03,2,KWD,010,-1,,,015,-1001,,/
16,475,1000,Z,,,
49,-2,3/
98,2998,2,8/
99,2998,1,10/
`
  const read = await readSample(bai2, text)
  expect(cellsOf(read, 'amount')).toEqual(['1000', '-1.000'])
  expect(claimsOf(read).filter((claim) => claim.includes('gross'))).toEqual([
    '49 gross 3000, beside 2000',
    '49 gross -0.002, beside -1.002',
    // 29.98 = 20.00 and -10.02 of the balances; of the entries 10.00 each, which say 1000 and 1.000.
    '98 gross 29.98, beside -971.02',
    '99 gross 29.98, beside -971.02',
  ])
  expect(claimsOf(read).filter((claim) => claim.includes('closing'))).toEqual([
    '010 and 015 closing 1500, beside 500',
    '010 and 015 closing -1.001, beside -0.001',
  ])
})

test('a correction and a deletion say so; what is deleted, interim or no money is no record', async () => {
  const of = (group: string, records = ['16,142,100,Z,B,C,T']) => readSample(bai2, fileOf(records, { group, total: 100 }))
  expect((await of('02,T,B,3,261031,,USD,2/')).statements).toMatchObject([{ standing: 'correction', records: 1 }])
  const deleted = await of('02,T,B,2,261031,,USD,2/')
  expect([deleted.rows, deleted.statements]).toMatchObject([
    [],
    [{ standing: 'deletion', statement: '2026-10-31', notBooked: 1 }],
  ])
  const interim = await of('02,T,B,1,261031,,USD,3/')
  expect([interim.rows, interim.statements]).toMatchObject([
    [],
    [{ statement: '2026-10-31 interim', notBooked: 1, notBookedNet: '1.00' }],
  ])
  const note = await of('02,T,B,1,261031,,USD,2/', ['16,890,,,,,NOTE'])
  expect([note.rows, note.statements]).toMatchObject([[], [{ notBooked: 1, notBookedNet: '0.00' }]])
})

test('what loans and banks define for themselves goes by what the job says, and is refused where it says nothing', async () => {
  const text = fileOf(['16,721,100,Z,,,', '16,961,50,Z,,,'])
  expect(await failureOf(readSample(bai2, text))).toContain('line 4: type 721 is a loan')
  expect(cellsOf(await readSample(bai2, text, { settings: { types: { 721: 'credit', 961: 'debit' } } }), 'amount')).toEqual([
    '1.00',
    '-0.50',
  ])
})

test.each([
  [
    'a test',
    BAI2_SAMPLE.replace(',1,261031,2400,USD', ',4,261031,2400,USD'),
    'file_is_test: line 2: the bank marks this group as a test',
  ],
  ['another version', BAI2_SAMPLE.replace('80,1,2/', '80,1,1/'), 'line 1: the file says version "1"'],
  ['no trailer', BAI2_SAMPLE.replace(/99,.*\n/, ''), 'line 9: the file ends before its trailer (99); was it cut short?'],
  ['something behind it', `${BAI2_SAMPLE}16,142,1,Z,,,`, 'line 11: something stands behind the end of the file'],
  ['an entry outside', BAI2_SAMPLE.replace(/03,.*\n88,.*\n/, ''), 'line 3: an entry (16) stands outside an account'],
  ['a continuation of nothing', `88,x\n${BAI2_SAMPLE}`, 'line 1: a continuation (88) stands before any record'],
  ['a status nobody knows', BAI2_SAMPLE.replace(',1,261031,2400,USD', ',9,261031,2400,USD'), 'line 2: the group status is "9"'],
  ['a code nobody knows', BAI2_SAMPLE.replace('16,195', '17,195'), 'line 6: 17 is no record code'],
  ['no code', BAI2_SAMPLE.replace('16,195', 'xx'), 'line 6: "xx,50000,Z,BR2,,WIRE IN/" begins with no record code'],
  ['a sum as an entry', BAI2_SAMPLE.replace('16,195', '16,400'), 'line 6: "400" is no type code of an entry'],
  ['a signed entry', BAI2_SAMPLE.replace('195,50000', '195,-50000'), 'line 6: the amount of type "195" is "-50000"'],
  [
    'a slash inside a field',
    BAI2_SAMPLE.replace('PAY77', 'PAY/77'),
    'line 7: a slash stands inside the field "PAY/77,ACH DEBIT"',
  ],
  ['a currency nobody knows', BAI2_SAMPLE.replaceAll('USD', 'USX'), 'line 3: the currency is "USX"'],
  ['a day that is not', BAI2_SAMPLE.replace('1,261031,2400,USD', '1,260231,2400,USD'), 'line 2: the as-of date is "260231"'],
  ['funds nobody knows', BAI2_SAMPLE.replace('195,50000,Z', '195,50000,Q'), 'line 6: "Q" is no funds type'],
  ['a trailer without a number', BAI2_SAMPLE.replace('98,20475000', '98,x'), 'line 9: the trailer 98 states "x"'],
])('%s is refused with its line', async (_, text, refusal) => {
  expect(await failureOf(readSample(bai2, text))).toContain(refusal)
})

test('a record is found again with the lines it goes on over', async () => {
  const found = await locateSample(bai2, fileOf(['16,142,100,Z,B,C,ONE', '88,TWO', '16,475,1,Z,,,THREE']), { position: 4 })
  expect(found?.text).toBe('16,142,100,Z,B,C,ONE\n88,TWO')
})
