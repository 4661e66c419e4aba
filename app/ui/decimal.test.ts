import { expect, test } from 'vitest'
import { decimalParts, groupedCount, groupedDecimal, subtractDecimals, sumDecimals } from './decimal.ts'

test.each([
  ['0', '0'],
  ['12', '12'],
  ['1234.5', '1,234.5'],
  ['-1234567.890', '-1,234,567.890'],
  ['100', '100'],
  ['0012.00', '12.00'],
  ['-0.00', '0.00'],
  ['-0.01', '-0.01'],
  // More digits than a double holds: a float would print ...000.
  ['98765432109876543210.12', '98,765,432,109,876,543,210.12'],
])('%s is shown as %s', (text, shown) => {
  expect(groupedDecimal(text)).toBe(shown)
})

test('text that is no plain decimal is shown as it is, never guessed', () => {
  for (const text of ['1,234.50', '1e5', '', ' 1', '+1', '1.', '.5', 'NaN']) {
    expect(decimalParts(text)).toBeNull()
    expect(groupedDecimal(text)).toBe(text)
  }
})

test('sums exactly, over different numbers of digits', () => {
  expect(sumDecimals(['0.1', '0.2'])).toBe('0.3')
  expect(sumDecimals(['-0.05', '0.005', '-1'])).toBe('-1.045')
  expect(sumDecimals(['98765432109876543210.12', '0.01'])).toBe('98765432109876543210.13')
  expect(sumDecimals([])).toBe('0')
  expect(subtractDecimals('1.00', '-0.50')).toBe('1.50')
  expect(subtractDecimals('1.00', '1.00')).toBe('0.00')
  expect(() => sumDecimals(['1', 'n/a'])).toThrow(RangeError)
})

test('counts are grouped', () => {
  expect(groupedCount(1284000)).toBe('1,284,000')
})
