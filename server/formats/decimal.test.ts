import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainDecimal, significantDigits, subtractDecimals } from '#server/formats/decimal.ts'

test.each([
  ['1.5E-2', '0.015'],
  ['-1.50e2', '-150'],
  ['+007.10', '7.10'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['-0.00', '0.00'],
  ['12345678901234567890.12', '12345678901234567890.12'],
])('%s is plainly %s', (text, plain) => {
  expect(plainDecimal(text)).toBe(plain)
})

test.each(['', '-', '.', '1,5', '1e', 'NaN', '0x10', '1 000', '1e99999'])('%j is no decimal', (text) => {
  expect(plainDecimal(text)).toBeNull()
  expect(subtractDecimals('1', text)).toBeNull()
})

test('differences are exact', () => {
  expect(subtractDecimals('0.05', '90071992547409931.10')).toBe('-90071992547409931.05')
  expect(subtractDecimals('1e2', '0.001')).toBe('99.999')
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.nat(12), (units, scale) => {
      const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
      const text = `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}`
      expect(subtractDecimals(text, '0')).toBe(plainDecimal(text))
      expect(plainDecimal(subtractDecimals(text, text) ?? '')).toMatch(/^0(\.0+)?$/)
    }),
  )
})

test('fifteen digits undo what a binary number adds', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 14), max: 10 ** 14 }), (cents) => {
      const noisy = (cents / 100).toPrecision(17)
      expect(plainDecimal(significantDigits(noisy, 15) ?? '')).toBe(plainDecimal(String(cents / 100)))
    }),
  )
})
