import { expect, test } from 'vitest'
import { readingOf } from './reading.ts'

test.each([
  ['/', { screen: '/' }],
  ['/runs', { screen: '/runs' }],
  ['/runs/17/rejected', { screen: '/runs' }],
  ['/runs.csv', { screen: '/runs', taken: '/runs.csv' }],
  ['/exceptions/work.xlsx', { screen: '/exceptions', taken: '/exceptions/work.xlsx' }],
  ['/artifacts/4/bytes', { screen: '/artifacts', taken: '/artifacts/4/bytes' }],
  ['/runs/12/deliveries/44', { screen: '/runs', taken: '/runs/12/deliveries/44' }],
  ['/jobs/ledger/yaml', { screen: '/jobs', taken: '/jobs/ledger/yaml' }],
  // It says so itself, with its filters.
  ['/audit.zip', null],
  ['/audit.csv', null],
  ['/reconciliations/4/evidence.zip', null],
  ['/reconciliations.zip', null],
  ['/reconciliations/4/evidence/9/bytes', { screen: '/reconciliations', taken: '/reconciliations/4/evidence/9/bytes' }],
  ['/audit/checkpoint.txt', null],
  ['/find', { screen: '/find' }],
  ['/events', null],
])('%s is noted as %j', (pathname, noted) => {
  expect(readingOf(pathname)).toEqual(noted)
})
