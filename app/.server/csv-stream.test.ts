import { expect, test } from 'vitest'
import { readChanges } from '#server/services/change-list.ts'
import { cellText, csvStream } from './csv-stream.ts'

test.each([
  { name: 'a formula is kept from the spreadsheet', cell: '=HYPERLINK("http://x")', text: `"'=HYPERLINK(""http://x"")"` },
  { name: 'so is one behind a space', cell: ' +1', text: "' +1" },
  { name: 'a negative amount stays as it is', cell: { plain: '-1234.50' }, text: '-1234.50' },
  { name: 'text that begins with a minus does not', cell: '-Marketing', text: "'-Marketing" },
  { name: 'a missing amount is empty, not zero', cell: { plain: null }, text: '' },
  { name: 'a comma is quoted', cell: 'Rent, journal 7', text: '"Rent, journal 7"' },
  { name: 'a code from a source is no formula either', cell: { plain: '=1+1' }, text: "'=1+1" },
  ...['=a', '+a', '-a', '@a', '\ta', '\u00a0=a', '＝a', '＋a', '－a', '＠a'].map((cell) => ({
    name: `${JSON.stringify(cell)} is kept from the spreadsheet`,
    cell,
    text: `'${cell}`,
  })),
  { name: 'and one behind a carriage return', cell: '\r=a', text: '"\'\r=a"' },
])('$name', ({ cell, text }) => expect(cellText(cell)).toBe(text))

test.each(['-100', '=1', '+7', '@a', "'quoted", '-Marketing', 'plain'])(
  'the code %s, exported and pasted back, is the same',
  (code) => {
    const cells = ['account', code, code, '', ''].map(cellText).join(',')
    expect(readChanges(cells)).toMatchObject([{ change: { dimension: 'account', sourceCode: code, canonicalCode: code } }])
  },
)

test('rows are read only as fast as they are taken', async () => {
  let read = 0
  async function* rows() {
    for (; read < 100_000; read++) yield [read, 'some text that fills the line a little']
  }
  const reader = csvStream('a.csv', ['n', 'text'], rows()).body!.getReader()
  await reader.read()
  expect(read).toBeLessThan(50_000)
  await reader.cancel()
})
