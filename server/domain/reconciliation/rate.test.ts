import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minorDigitsOf } from '../currency.ts'
import * as fx from '../fx.ts'
import { isTranslation, type Rate, translate } from './rate.ts'

const digits = (currency: string) => minorDigitsOf(currency) ?? 0
const rate = (from: string, to: string, text: string): Rate => ({ from, to, rate: text, on: '2026-10-31', version: '1' })

test('minor units of one currency come to minor units of the other', () => {
  expect(translate(10_000n, rate('EUR', 'USD', '1.0873'), digits)).toBe(10_873n)
  expect(translate(10_000n, rate('JPY', 'USD', '0.0067'), digits)).toBe(6_700n)
  expect(translate(10_000n, rate('USD', 'JPY', '149.25'), digits)).toBe(14_925n)
  expect(translate(1_000n, rate('KWD', 'EUR', '3'), digits)).toBe(300n)
})
test('halves go to the even neighbour as on the page of rates, and rounding them otherwise is a translation too', () => {
  const half = rate('EUR', 'USD', '0.5')
  expect([translate(5n, half, digits), translate(-5n, half, digits)]).toEqual([2n, -2n])
  expect([1n, 2n, 3n, 4n].filter((to) => isTranslation(5n, to, half, digits))).toEqual([2n, 3n])
  expect([1n, 2n, 3n].filter((to) => isTranslation(4n, to, half, digits))).toEqual([2n])
})
test('a rate that no double holds', () => {
  expect(translate(10n ** 20n, rate('EUR', 'USD', '1.00000000000000000001'), digits)).toBe(10n ** 20n + 1n)
})

test('whatever the page of rates says an amount comes to, a reconciliation says as well', () => {
  const text = fc.constantFrom('0.5', '1.25', '0.0875', '149.250')
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), text, (minor, by) => {
      const on = '2026-10-31'
      const known = { base: 'EUR', quote: 'USD', kind: 'closing', date: on, rate: by, source: '', publication: 1 }
      const find = (base: string) => (base === 'EUR' ? known : undefined)
      expect(fx.translate({ minor, currency: 'EUR' }, 'USD', on, find)).toMatchObject({
        minor: translate(minor, rate('EUR', 'USD', by), digits),
      })
    }),
  )
})
