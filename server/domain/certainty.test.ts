import { expect, test } from 'vitest'
import { certaintyFinder, certaintyOf, certaintyOfAll } from './certainty.ts'

test.each([
  ['every one of them certified', { defined: 3, certified: 3 }, 'certified'],
  ['one of them not certified', { defined: 3, certified: 2 }, 'preliminary'],
  ['none of them certified', { defined: 3, certified: 0 }, 'preliminary'],
  ['none defined: nobody vouches for it', { defined: 0, certified: 0 }, 'not_reconciled'],
] as const)('%s', (_name, signed, certainty) => {
  expect(certaintyOf(signed)).toBe(certainty)
})

test('what stands under one head is as certain as the least certain of it', () => {
  expect(certaintyOfAll(['certified', 'certified'])).toBe('certified')
  expect(certaintyOfAll(['certified', 'preliminary'])).toBe('preliminary')
  expect(certaintyOfAll(['certified', 'not_reconciled']), 'a part that nobody vouches for').toBe('preliminary')
  expect(certaintyOfAll(['not_reconciled', 'not_reconciled'])).toBe('not_reconciled')
  expect(certaintyOfAll([]), 'nothing is never certified').toBe('not_reconciled')
})

test('a slice of another version is another slice', () => {
  const find = certaintyFinder([{ entity: 'NO01', period: '2026-03', version: 'actual', defined: 1, certified: 1 }])
  expect(find({ entity: 'NO01', period: '2026-03', version: 'actual' })).toBe('certified')
  expect(find({ entity: 'NO01', period: '2026-03', version: 'FY26 v3' })).toBe('not_reconciled')
})
