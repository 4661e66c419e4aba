import { expect, test } from 'vitest'
import { minorDigitsOf } from './currency.ts'

test.each([
  ['EUR', 2],
  ['USD', 2],
  ['GBP', 2],
  ['CHF', 2],
  ['NOK', 2],
  ['JPY', 0],
  ['KRW', 0],
  ['ISK', 0],
  ['CLP', 0],
  ['UGX', 0],
  ['VND', 0],
  ['KWD', 3],
  ['BHD', 3],
  ['TND', 3],
  ['JOD', 3],
  ['OMR', 3],
  ['CLF', 4],
  ['UYW', 4],
] as const)('%s has %i decimals', (code, digits) => {
  expect(minorDigitsOf(code)).toBe(digits)
})

// What Intl says is what people print, not what ISO 4217 lets them book.
test.each([
  ['IQD', 3],
  ['HUF', 2],
  ['IDR', 2],
  ['COP', 2],
  ['LBP', 2],
  ['AFN', 2],
  ['IRR', 2],
  ['MGA', 2],
  ['LYD', 3],
] as const)('%s has %i decimals whatever Intl says', (code, digits) => {
  expect(minorDigitsOf(code)).toBe(digits)
})

test.each(['', 'eur', 'EURO', 'XXX', 'XTS', 'XAU', 'DEM', 'HRK', 'BGN', 'constructor', ' EUR', '€'])(
  '%s is no currency of the books',
  (code) => {
    expect(minorDigitsOf(code)).toBeUndefined()
  },
)
