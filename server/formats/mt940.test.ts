import { expect, test } from 'vitest'
import { entryDate } from '#server/formats/bank/mt940-reader.ts'
import { mt940 } from '#server/formats/mt940.ts'
import { failureOf, locateSample, readSample, type ReadResult } from '#server/formats/testing.ts'
import { MT940_SAMPLE } from '#server/formats/testing/bank-samples.ts'

const cellsOf = ({ columns, rows }: ReadResult, ...names: string[]) =>
  rows.map((row) => names.map((name) => row[columns.indexOf(name)]).join(' '))
const claimsOf = ({ claims }: ReadResult) =>
  claims.flatMap((claim) =>
    claim.kind === 'balance'
      ? [`${claim.statedAs} ${claim.value} from ${claim.beside}, ${claim.firstPosition} to ${claim.lastPosition}`]
      : [],
  )

/** A statement with these entries. */
const statement = (
  entries: string,
  { open = '60F:C261030EUR1000,00', close = '62F:C261031EUR1000,00', number = '00210/001' } = {},
) => `:20:X\n:25:DE02100100100006820101\n:28C:${number}\n:${open}\n${entries}\n:${close}\n-\n`

test('entries, references, both dates and the German narrative, each in its column', async () => {
  const read = await readSample(mt940, MT940_SAMPLE)
  expect(read.positions).toEqual([5, 9])
  expect(cellsOf(read, 'account', 'statement', 'sequence', 'entry', 'amount', 'currency', 'booking_date', 'value_date')).toEqual([
    '10010010/0006820101 210/2026-10-30 210 1 250.50 EUR 2026-10-31 2026-10-31',
    '10010010/0006820101 210/2026-10-30 210 2 -100.00 EUR 2026-10-31 2026-10-31',
  ])
  expect(cellsOf(read, 'customer_reference', 'bank_reference', 'transaction_code')).toEqual([
    'INV-1001 BR0001 NTRF 166',
    'NONREF BR0002 NCHG',
  ])
  expect(cellsOf(read, 'end_to_end_id', 'remittance', 'counterparty_name', 'counterparty_account', 'counterparty_bank')).toEqual([
    'E2E-77 Invoice 1001 Birkenfeld Handel DE89370400440532013000 COBADEFFXXX',
    ' MONTHLY FEE   ',
  ])
  expect(cellsOf(read, 'narrative')[0]).toContain('/OCMT/EUR250,50\n166?00GUTSCHRIFT?20EREF+')
  expect(claimsOf(read)).toEqual([':62F: 1150.50 from 1000.00, 5 to 9'])
  expect(read.statements).toMatchObject([
    { sequence: 210, page: 1, isLastPage: true, openedOn: '2026-10-30', closedOn: '2026-10-31', records: 2 },
  ])
})

test.each([
  ['an amount without decimals', '2610311031C100,NTRFR', '100.00 2026-10-31 2026-10-31 '],
  ['no entry date', '261031D0,5NMSCNONREF', '-0.50 2026-10-31 2026-10-31 '],
  ['a funds letter behind the mark', '261031CR12,00NTRFR', '12.00 2026-10-31 2026-10-31 '],
  ['a reversed credit is money out', '2610311031RC12,00NTRFR', '-12.00 2026-10-31 2026-10-31 true'],
  ['a reversed debit is money in', '2610311031RDR12,00NTRFR', '12.00 2026-10-31 2026-10-31 true'],
  ['booked in December, valued in January', '2701021231C1,00NTRFR', '1.00 2026-12-31 2027-01-02 '],
  ['booked in January, valued in December', '2612310102C1,00NTRFR', '1.00 2027-01-02 2026-12-31 '],
  ['nothing at all', '261031C0,00NTRFR', '0.00 2026-10-31 2026-10-31 '],
])('%s', async (_, entry, says) => {
  const read = await readSample(mt940, statement(`:61:${entry}`))
  expect(cellsOf(read, 'amount', 'booking_date', 'value_date', 'reversal')).toEqual([says])
})

test('an entry date is that of the nearest year, and the leap day only where there is one', () => {
  expect(entryDate('2024-03-01', '0229')).toBe('2024-02-29')
  expect(entryDate('2025-03-01', '0229')).toBe('2024-02-29')
  expect(entryDate('2027-03-01', '0229')).toBe('2028-02-29')
  expect(entryDate('2026-06-30', '1331')).toBeNull()
})

test('blocks around messages, blanks behind lines, other line ends and other encodings change nothing', async () => {
  const plain = await readSample(mt940, MT940_SAMPLE)
  const blocks = `{1:F01BANKDEFFAXXX0000000000}{2:I940TORVDEFFXXXXN}{4:\n${MT940_SAMPLE.replace(/-\n$/, '-}{5:{CHK:0123456789AB}}\n')}`
  const shifted = await readSample(mt940, blocks)
  expect([shifted.rows, shifted.positions, shifted.statements[0]?.contentHash]).toEqual([
    plain.rows,
    [6, 10],
    plain.statements[0]?.contentHash,
  ])
  for (const text of [MT940_SAMPLE.replaceAll('\n', '  \r\n'), MT940_SAMPLE.replaceAll('\n', '\r')]) {
    for (const chunkSize of [1, 7, 1_000]) expect(await readSample(mt940, text, { chunkSize })).toEqual(plain)
  }
  const umlauts = Buffer.from(MT940_SAMPLE.replace('Birkenfeld', 'Müller'), 'latin1')
  expect(cellsOf(await readSample(mt940, umlauts, { settings: { encoding: 'iso-8859-1' } }), 'counterparty_name')[0]).toBe(
    'Müller Handel',
  )
  expect(await failureOf(readSample(mt940, umlauts))).toMatch(/^file_encoding_wrong: line 8 is not utf-8: byte 0xFC/)
})

test('intermediate pages each tie, and only the last closes', async () => {
  const one = statement(':61:261031C10,00NTRFA', { close: '62M:C261031EUR1010,00' })
  const two = statement(':61:261031C5,00NTRFB', {
    number: '00210/002',
    open: '60M:C261031EUR1010,00',
    close: '62F:C261031EUR1015,00',
  })
  const read = await readSample(mt940, one + two)
  expect(claimsOf(read)).toEqual([':62M: 1010.00 from 1000.00, 5 to 5', ':62F: 1015.00 from 1010.00, 12 to 12'])
  expect(read.statements.map(({ sequence, page, isLastPage }) => [sequence, page, isLastPage])).toEqual([
    [210, 1, false],
    [210, 2, true],
  ])
})

test('a statement without an entry and without a number is still one; one that is overdrawn is negative', async () => {
  const read = await readSample(
    mt940,
    statement('', { number: '0', open: '60F:D261030EUR5,00', close: '62F:D261031EUR5,00' }).replace('\n\n', '\n'),
  )
  expect(read.statements).toMatchObject([
    { statement: '2026-10-30', sequence: null, opening: '-5.00', closing: '-5.00', records: 0 },
  ])
})

test.each([
  ['another message', `{1:F01X}{2:I942X}{4:\n${MT940_SAMPLE}`, 'line 1: the message is MT942'],
  ['no opening balance', MT940_SAMPLE.replace(/:60F:.*\n/, ''), 'line 4: an entry (:61:) stands before the opening balance'],
  [
    'no closing balance',
    MT940_SAMPLE.replace(/:62F:.*/s, ''),
    'the file ends before the closing balance (:62F:); was it cut short?',
  ],
  ['a closing balance without statement', ':62F:C261031EUR1,00\n', 'line 1: :62F: stands before the opening balance'],
  [
    'two currencies',
    MT940_SAMPLE.replace('62F:C261031EUR', '62F:C261031USD'),
    'line 11: the statement opens in EUR and closes in USD',
  ],
  ['an amount without comma', MT940_SAMPLE.replace('C250,50N', 'C25050N'), 'line 5: the amount of the entry is "25050"'],
  [
    'an amount with a point',
    MT940_SAMPLE.replace('C250,50N', 'C250.50N'),
    'line 5: the entry "2610311031C250.50NTRFINV-1001//BR0001" is not built as :61: is',
  ],
  ['a day that is not', MT940_SAMPLE.replace(':61:2610311031C', ':61:2602301031C'), 'line 5: the value date is "260230"'],
  ['an entry day that is not', MT940_SAMPLE.replace(':61:2610311031C', ':61:2610311332C'), 'line 5: the entry date is "1332"'],
  ['a field nobody knows', MT940_SAMPLE.replace(':64:', ':99:'), 'line 12: :99: is no field of MT940'],
  ['text outside', `hello\n${MT940_SAMPLE}`, 'line 1: "hello" belongs to no field'],
  [
    'a field of two lines',
    MT940_SAMPLE.replace(':28C:00210/001', ':28C:00210/001\nx'),
    'line 4: the field :28C: has only one line',
  ],
  ['two accounts', MT940_SAMPLE.replace(':25:', ':25:1\n:25:'), 'line 3: :25: stands twice'],
  ['a binary file', 'a\0b', 'line 1 holds a NUL byte'],
  ['an endless line', `:20:${'x'.repeat(70_000)}`, 'line 1 has more than 65,536 characters'],
  ['nothing', ' \n', 'file_empty: there is no text in it'],
])('%s is refused with its line', async (_, text, refusal) => {
  expect(await failureOf(readSample(mt940, text))).toContain(refusal)
})

test('a record is found again with its own lines', async () => {
  const found = await locateSample(mt940, MT940_SAMPLE, { position: 9 })
  expect(found?.text).toBe(':61:2610311031D100,00NCHGNONREF//BR0002\n:86:MONTHLY FEE')
  expect(await locateSample(mt940, MT940_SAMPLE, { position: 6 })).toBeNull()
})
