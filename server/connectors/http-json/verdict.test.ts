import { expect, test } from 'vitest'
import { retryAfterMs } from '../http-address.ts'
import { codeOfStatus } from './verdict.ts'

const NOW = Date.parse('2026-03-31T12:00:00Z')

test.each<[string | undefined, number | null]>([
  ['0', 0],
  ['120', 120_000],
  [' 5 ', 5_000],
  ['3601', 3_600_000],
  ['9'.repeat(400), 3_600_000],
  ['Tue, 31 Mar 2026 12:00:30 GMT', 30_000],
  ['Tuesday, 31-Mar-26 12:00:30 GMT', 30_000],
  ['Tue Mar 31 12:00:30 2026 GMT', 30_000],
  ['Tue, 31 Mar 2026 11:00:00 GMT', 0],
  ['Wed, 01 Apr 2026 12:00:00 GMT', 3_600_000],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
  ['', null],
  [undefined, null],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected)
})

test('every status has a verdict, and only 200 is a page', () => {
  for (let status = 201; status < 600; status++) expect(codeOfStatus(status), `${status}`).not.toBeNull()
  expect(codeOfStatus(200)).toBeNull()
})
