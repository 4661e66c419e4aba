import { expect, test } from 'vitest'
import { coverOf } from './what-it-covers.tsx'

const row = (entity: string, period: string, currency: string, count: number, debit: string) => ({
  entity,
  period,
  currency,
  count,
  debit,
})

test('records are counted over all, amounts by currency only, periods and entities once', () => {
  const rows = [
    row('DE01', '2026-10', 'EUR', 2, '0.10'),
    row('FR01', '2026-09', 'EUR', 3, '0.20'),
    row('DE01', '2026-10', 'USD', 1, '9007199254740993.01'),
    row('', '', '', 4, '0'),
  ]
  expect(coverOf(rows)).toEqual({
    records: 10,
    currencies: [
      { currency: 'EUR', debit: '0.30' },
      { currency: 'USD', debit: '9007199254740993.01' },
    ],
    periods: ['2026-09', '2026-10'],
    entities: ['DE01', 'FR01'],
  })
})
