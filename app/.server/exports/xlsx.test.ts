import { expect, test } from 'vitest'
import { AMOUNT_FORMAT, cellOf } from '#server/platform/xlsx-cell.ts'
import { xlsxAnswer } from './xlsx.ts'

test.each([
  {
    name: 'an amount is a number in the accounting form',
    cell: '-1234.50',
    kind: 'amount',
    is: { value: -1234.5, format: AMOUNT_FORMAT },
  },
  { name: 'a yen has no decimals', cell: '1200', kind: 'amount', is: { value: 1200, format: '#,##0;(#,##0)' } },
  { name: 'a dinar has three', cell: '1.250', kind: 'amount', is: { value: 1.25, format: '#,##0.000;(#,##0.000)' } },
  {
    name: 'fifteen digits are a number',
    cell: '9999999999999.99',
    kind: 'amount',
    is: { value: 9999999999999.99, type: Number },
  },
  {
    name: 'sixteen stay text, to the last digit',
    cell: '99999999999999.99',
    kind: 'amount',
    is: { value: '99999999999999.99', type: String },
  },
  { name: 'zeros in front are no digits', cell: '0000000000000000.01', kind: 'amount', is: { value: 0.01, type: Number } },
  { name: 'what is no amount stays as it came', cell: '1e5', kind: 'amount', is: { value: '1e5', type: String } },
  { name: 'a formula is kept from the spreadsheet', cell: '=1+1', kind: 'text', is: { value: "'=1+1", type: String } },
  { name: 'so is one behind a tab', cell: '\t@SUM(A1)', kind: 'text', is: { value: "'\t@SUM(A1)" } },
  { name: 'a code of ours is left alone', cell: '2026-11-21', kind: 'plain', is: { value: '2026-11-21', type: String } },
  { name: 'a count is a number', cell: 14212, kind: 'count', is: { value: 14212, format: '#,##0' } },
] as const)('$name', ({ cell, kind, is }) => expect(cellOf(cell, kind)).toMatchObject(is))

test('what is missing is empty, not zero', () => expect(cellOf(null, 'amount')).toBeNull())

test('the file is a workbook and says how long it is', async () => {
  const answer = await xlsxAnswer('a.xlsx', {
    title: 'Runs',
    order: 'newest first',
    columns: [{ head: 'at_stake', kind: 'amount' }],
    rows: [['1.00'], [null]],
    provenance: [['Filters', '=HYPERLINK("x")']],
  })
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(bytes.subarray(0, 2).toString()).toBe('PK')
  expect(answer.headers.get('Content-Length')).toBe(`${bytes.length}`)
})
