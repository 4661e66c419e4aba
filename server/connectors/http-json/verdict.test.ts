import { expect, test } from 'vitest'
import { TechnicalError } from '#server/domain/errors.ts'
import { codeOfStatus } from '#server/domain/failure-names/http.ts'
import { retryAfterMs } from '../http-address.ts'
import { failureOfTransport } from './verdict.ts'

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

const broken = (code: string) => Object.assign(new Error('broken'), { code })

test.each<[string, boolean, string | null]>([
  ['ECONNREFUSED', false, 'source_unreachable'],
  ['ECONNRESET', false, 'source_unreachable'],
  ['ECONNRESET', true, 'source_cut_short'],
  ['Z_BUF_ERROR', true, 'source_cut_short'],
  ['ERR__ERROR_FORMAT_PADDING_1', true, 'source_cut_short'],
  ['ETIMEDOUT', false, 'source_timed_out'],
  ['HPE_INVALID_CONSTANT', false, 'source_contract_changed'],
  ['HPE_INVALID_CHUNK_SIZE', true, 'source_cut_short'],
  ['CERT_HAS_EXPIRED', false, 'source_certificate_refused'],
  // A defect of our own carries a code too; it is not the source's.
  ['ERR_INVALID_ARG_TYPE', false, null],
  ['ERR_INVALID_ARG_TYPE', true, null],
  ['ENOSPC', true, null],
])('%s, answered %s: %s', (code, answered, expected) => {
  expect(failureOfTransport(broken(code), answered)?.code ?? null).toBe(expected)
})

test('what has a name keeps it, and what has no code has none', () => {
  const named = new TechnicalError('source_loops', 'x')
  expect(failureOfTransport(named, true)).toBe(named)
  expect(failureOfTransport(new TypeError('x is not a function'), true)).toBeNull()
})
