import { expect, test } from 'vitest'
import { minorDigitsOf } from '../currency.ts'
import { isTranslation, type Rate, translate } from './rate.ts'

const digits = (currency: string) => minorDigitsOf(currency) ?? 0
const rate = (from: string, to: string, text: string): Rate => ({ from, to, rate: text, on: '2026-10-31', version: '1' })

test('minor units of one currency come to minor units of the other', () => {
  expect(translate(10_000n, rate('EUR', 'USD', '1.0873'), digits)).toBe(10_873n)
  expect(translate(10_000n, rate('JPY', 'USD', '0.0067'), digits)).toBe(6_700n)
  expect(translate(10_000n, rate('USD', 'JPY', '149.25'), digits)).toBe(14_925n)
  expect(translate(1_000n, rate('KWD', 'EUR', '3'), digits)).toBe(300n)
})
test('halves go away from zero, and rounding them otherwise is a translation too', () => {
  const half = rate('EUR', 'USD', '0.5')
  expect([translate(5n, half, digits), translate(-5n, half, digits)]).toEqual([3n, -3n])
  expect([1n, 2n, 3n, 4n].filter((to) => isTranslation(5n, to, half, digits))).toEqual([2n, 3n])
  expect([1n, 2n, 3n].filter((to) => isTranslation(4n, to, half, digits))).toEqual([2n])
})
test('a rate that no double holds', () => {
  expect(translate(10n ** 20n, rate('EUR', 'USD', '1.00000000000000000001'), digits)).toBe(10n ** 20n + 1n)
})
