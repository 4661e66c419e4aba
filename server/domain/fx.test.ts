import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EUR_CLOSING, rounded, translate, type FindRate, type FxRate, type Translation } from './fx.ts'

const rate = (base: string, quote: string, date: string, text: string, publication = 1): FxRate => ({
  base,
  quote,
  kind: 'closing',
  date,
  rate: text,
  source: 'ECB',
  publication,
})
const RATES = [
  rate('EUR', 'USD', '2026-10-29', '1.0800'),
  rate('EUR', 'USD', '2026-10-30', '1.0871', 4),
  rate('EUR', 'GBP', '2026-10-30', '0.8500'),
  rate('EUR', 'JPY', '2026-10-30', '163.4'),
  rate('EUR', 'KWD', '2026-10-30', '0.3333'),
]
const findIn =
  (rates: readonly FxRate[]): FindRate =>
  (base, quote, kind, on) =>
    rates
      .filter((one) => one.base === base && one.quote === quote && one.kind === kind && one.date <= on)
      .sort((a, b) => b.date.localeCompare(a.date))[0]
const inTo = (minor: bigint, from: string, to: string, on = '2026-10-30', policy = EUR_CLOSING) =>
  translate({ minor, currency: from }, to, on, findIn(RATES), policy)
const told = (result: ReturnType<typeof translate>): string =>
  'problem' in result
    ? `${result.problem}: ${result.detail}`
    : `${result.minor} ${result.currency} by ${result.legs.map(({ rate: of, is, daysOld }) => `${is} ${of.rate} of ${of.date}, ${daysOld} days old, version ${of.publication}`).join(', ')}`

test.each([
  [
    'by the rate of the day, and in which version it is known',
    inTo(10_000n, 'EUR', 'USD'),
    '10871 USD by multiplied 1.0871 of 2026-10-30, 0 days old, version 4',
  ],
  ['back by the same rate', inTo(10_871n, 'USD', 'EUR'), '10000 EUR by divided 1.0871 of 2026-10-30, 0 days old, version 4'],
  ['into whole yen', inTo(12_345n, 'EUR', 'JPY'), '20172 JPY by multiplied 163.4 of 2026-10-30, 0 days old, version 1'],
  ['into thousandths', inTo(100n, 'EUR', 'KWD'), '333 KWD by multiplied 0.3333 of 2026-10-30, 0 days old, version 1'],
  [
    'between two currencies by both legs, rounded once',
    inTo(10_000n, 'GBP', 'USD'),
    '12789 USD by divided 0.8500 of 2026-10-30, 0 days old, version 1, multiplied 1.0871 of 2026-10-30, 0 days old, version 4',
  ],
  [
    'on a Sunday by the last rate before, and says how old it is',
    inTo(10_000n, 'EUR', 'USD', '2026-11-01'),
    '10871 USD by multiplied 1.0871 of 2026-10-30, 2 days old, version 4',
  ],
  [
    'of an earlier day by the rate of that day',
    inTo(10_000n, 'EUR', 'USD', '2026-10-29'),
    '10800 USD by multiplied 1.0800 of 2026-10-29, 0 days old, version 1',
  ],
  ['not at all into its own currency', inTo(10_000n, 'SEK', 'SEK'), '10000 SEK by '],
  ['never without a rate', inTo(1n, 'EUR', 'SEK'), 'rate_missing: no closing rate of EUR in SEK on or before 2026-10-30'],
  [
    'never by a rate of a later day',
    inTo(1n, 'EUR', 'GBP', '2026-10-29'),
    'rate_missing: no closing rate of EUR in GBP on or before 2026-10-29',
  ],
  [
    'never by another kind',
    inTo(1n, 'EUR', 'USD', '2026-10-30', { ...EUR_CLOSING, kind: 'average' }),
    'rate_missing: no average rate of EUR in USD on or before 2026-10-30',
  ],
  [
    'never by one that is too old',
    inTo(1n, 'EUR', 'USD', '2026-11-20'),
    'rate_too_old: the newest closing rate of EUR in USD on or before 2026-11-20 is of 2026-10-30',
  ],
  ['never into what ISO 4217 does not know', inTo(1n, 'EUR', 'EUX'), 'currency_unknown: EUX'],
])('an amount is translated %s', (_, result, says) => {
  expect(told(result)).toBe(says)
})

test('of a rate and the rate of its way back the newer counts; of one day the one that is written like this', () => {
  const by = (...rates: readonly FxRate[]) =>
    told(translate({ minor: 10_000n, currency: 'EUR' }, 'USD', '2026-10-30', findIn(rates)))
  const there = (date: string) => rate('EUR', 'USD', date, '2')
  const back = (date: string) => rate('USD', 'EUR', date, '0.25')
  expect(by(there('2026-10-29'), back('2026-10-30'))).toContain('40000 USD by divided 0.25')
  expect(by(there('2026-10-30'), back('2026-10-29'))).toContain('20000 USD by multiplied 2')
  expect(by(there('2026-10-30'), back('2026-10-30'))).toContain('20000 USD by multiplied 2')
})

describe('a half', () => {
  test.each([
    [1n, 2n, 0n, 1n],
    [3n, 2n, 2n, 2n],
    [5n, 2n, 2n, 3n],
    [-1n, 2n, 0n, -1n],
    [-5n, 2n, -2n, -3n],
    [7n, -2n, -4n, -4n],
    [499n, 1000n, 0n, 0n],
    [-501n, 1000n, -1n, -1n],
  ])('%s / %s is %s half-even and %s commercially', (n, d, even, commercial) => {
    expect([rounded(n, d, 'half-even'), rounded(n, d, 'commercial')]).toEqual([even, commercial])
  })
})

test('what comes out is never further than half a unit from the exact value, and turns its sign with the amount', () => {
  const amount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
  const text = fc
    .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 1, max: 99_999_999 }))
    .map(([whole, part]) => `${whole}.${`${part}`.padStart(8, '0')}`)
  fc.assert(
    fc.property(
      amount,
      text,
      text,
      fc.constantFrom('half-even' as const, 'commercial' as const),
      (minor, one, other, rounding) => {
        const find = findIn([rate('EUR', 'USD', '2026-01-01', one), rate('EUR', 'KWD', '2026-01-01', other)])
        const translated = (of: bigint) =>
          translate({ minor: of, currency: 'USD' }, 'KWD', '2026-01-01', find, { ...EUR_CLOSING, rounding }) as Translation
        const { minor: got } = translated(minor)
        const scaled = (of: string) => BigInt(of.replace('.', ''))
        // got thousandths of a dinar / other = minor cents / one: both in whole numbers.
        const off = got * 100n * scaled(one) - minor * 1000n * scaled(other)
        expect((off < 0n ? -off : off) * 2n <= 100n * scaled(one)).toBe(true)
        expect(translated(-minor).minor).toBe(-got)
      },
    ),
  )
})
