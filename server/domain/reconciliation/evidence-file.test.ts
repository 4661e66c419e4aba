import { expect, test } from 'vitest'
import { cleanFileName, EVIDENCE_BYTES_MAX, judgeEvidenceFile } from './evidence-file.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test.each([
  ['invoice 7.pdf', 'invoice 7.pdf'],
  ['C:\\Users\\fiona\\bank.csv', 'bank.csv'],
  ['../../etc/passwd', 'passwd'],
  ['..', 'file'],
  ['', 'file'],
  ['.hidden.csv', 'hidden.csv'],
  ['pay\u202Efdp.exe.pdf', 'payfdp.exe.pdf'],
  ['a\u0000b\nc.txt', 'abc.txt'],
  ['what: "this"?.txt', 'what_ _this__.txt'],
  [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(96)}.pdf`],
  ['Zu\u0308rich.pdf', 'Zürich.pdf'],
])('%j is kept as %j', (given, kept) => {
  expect(cleanFileName(given)).toBe(kept)
})

test.each([
  ['a statement.pdf', '%PDF-1.7 …', 'application/pdf'],
  ['A.CSV', 'a;b', 'text/csv'],
])('%j is taken as what its name and its first bytes say', (name, text, mediaType) => {
  expect(judgeEvidenceFile(name, bytes(text))).toEqual({ name, mediaType })
})

test.each([
  ['page.html', bytes('<script>'), 'page.html is none of pdf'],
  ['pdf', bytes('%PDF-'), 'pdf is none of pdf'],
  ['run.pdf', bytes('MZ'), 'does not begin like pdf'],
  ['notes.txt', Uint8Array.of(65, 0, 66), 'does not begin like txt'],
  ['none.csv', bytes(''), 'none.csv is empty'],
  ['large.txt', new Uint8Array(EVIDENCE_BYTES_MAX + 1).fill(65), 'large.txt is larger than 5 MB'],
])('%j is not taken, and it is said why', (name, content, why) => {
  expect(judgeEvidenceFile(name, content)).toEqual({ refused: expect.stringContaining(why) })
})
