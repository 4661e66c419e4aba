import { expect, test } from 'vitest'
import { TechnicalError } from '../errors.ts'
import { indexOf, readerOf } from './columns.ts'

const COLUMNS = ['a', 'b', 'c']

test('a column is read trimmed, a fixed value as it is', () => {
  expect(readerOf({ column: 'b' }, COLUMNS, 'account')(['1', '  2 ', '3'])).toBe('2')
  expect(readerOf({ value: ' actual ' }, COLUMNS, 'version')(['1', '2', '3'])).toBe(' actual ')
})

test('the first filled of several; spaces fill nothing', () => {
  const read = readerOf({ firstOf: ['c', 'a'] }, COLUMNS, 'counterparty')
  expect([read(['1', '2', '3']), read(['1', '2', ' ']), read(['', '2', ''])]).toEqual(['3', '1', ''])
})

test('a column that is not there is named, with those that are', () => {
  expect(() => readerOf({ column: 'd' }, COLUMNS, 'account')).toThrow(
    'the mapping of account names the column "d"; the file has "a", "b", "c"',
  )
  expect(() => readerOf({ firstOf: ['a', 'A'] }, COLUMNS, 'account')).toThrow(TechnicalError)
  expect(() =>
    indexOf(
      'x',
      Array.from({ length: 900 }, (_, i) => `c${i}`),
      'account',
    ),
  ).toThrow(/"c39", …$/)
})
