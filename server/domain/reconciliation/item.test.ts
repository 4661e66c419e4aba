import { expect, test } from 'vitest'
import { digitsOf, unitsOf } from './item.ts'

test('amounts are counted in the decimals of their currency, and in more where one of them has more', () => {
  const amounts = [
    { currency: 'EUR', amount: '12.30' },
    { currency: 'JPY', amount: '1200' },
    { currency: 'KWD', amount: '1' },
    { currency: 'USD', amount: '0.3333' },
    { currency: 'USD', amount: '5' },
    { currency: 'CHF', amount: '1.500000' },
    { currency: 'XYZ', amount: '-1.25' },
  ]
  expect([...digitsOf(amounts)]).toEqual([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['USD', 4],
    ['CHF', 2],
    ['XYZ', 2],
  ])
})
test('no digit is lost, and none is made up', () => {
  expect(unitsOf('-1234.5', 2)).toBe(-123450n)
  expect(unitsOf('0.3333', 4)).toBe(3333n)
  expect(unitsOf('99999999999999999999.99', 2)).toBe(9999999999999999999999n)
  expect(unitsOf('1.5000', 2)).toBe(150n)
  expect(() => unitsOf('0.333', 2)).toThrow()
  for (const text of ['1e3', '1,50', '', 'NaN', '.5', '+1']) expect(() => unitsOf(text, 2)).toThrow()
})
