import { expect, test } from 'vitest'
import { databaseFailure, isDatabaseAway } from './failures.ts'

const wrapped = (code: string) => new Error('Failed query', { cause: Object.assign(new Error('what was thrown'), { code }) })

test.each([
  ...['EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'CONNECT_TIMEOUT', 'CONNECTION_CLOSED'],
  ...['25006', '25P03', '25P04', '40001', '55P03', '57P01', '53300', '08006'],
])('%s of our own database: away, and another try may succeed', (code) => {
  expect(databaseFailure(wrapped(code))).toBe('database_busy')
  expect(isDatabaseAway(wrapped(code))).toBe(true)
})

test.each(['23505', '22007', '25001', '42601', 'EMFILE', 'ENOENT'])('%s is not the database being away', (code) => {
  expect(databaseFailure(wrapped(code))).toBeNull()
  expect(isDatabaseAway(wrapped(code))).toBe(false)
})
