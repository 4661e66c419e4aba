import { expect, test } from 'vitest'
import type { ReconciliationDefinition } from './definition.ts'
import { isReady, restsOf } from './standing.ts'

const figure = (amount: string, currency = 'EUR') => ({ side: 0, account_group: 'All', currency, amount })
const broken = (key: string, amount: string, more: { keys?: number; currency?: string; because?: { kind: string } } = {}) => ({
  side: 1,
  account_group: 'All',
  currency: 'EUR',
  bucket: 'unexplained' as const,
  keys: 0,
  because: { kind: 'amount_differs' },
  ...more,
  key,
  amount,
})
const said = (key: string, amount: string) => ({ side: 1, account_group: 'All', currency: 'EUR', key, amount })
const tolerance = (absolute: Record<string, string>, relative?: string): ReconciliationDefinition['tolerance'] => ({
  absolute,
  rounding: 0,
  ...(relative && { relative }),
})
const rest = (...given: Parameters<typeof restsOf>) => restsOf(...given)[0]!

test('two breaks never make up for each other', () => {
  const found = rest([figure('100.00')], [broken('a', '5.00'), broken('b', '-5.00')], [], tolerance({ EUR: '1.00' }))
  expect(found).toMatchObject({ unexplained: '0.00', gross: '10.00', isAccepted: false })
})

test('exactly at the tolerance passes, a cent above does not, and a surplus is a break like a shortage', () => {
  for (const sign of ['', '-']) {
    expect(rest([figure('100.00')], [broken('a', `${sign}1.00`)], [], tolerance({ EUR: '1.00' })).isAccepted).toBe(true)
    expect(rest([figure('100.00')], [broken('a', `${sign}1.01`)], [], tolerance({ EUR: '1.00' })).isAccepted).toBe(false)
  }
})

test('exactly two percent passes two percent; of both tolerances the smaller counts', () => {
  expect(rest([figure('-149.50')], [broken('a', '2.99')], [], tolerance({}, '2%')).isAccepted).toBe(true)
  expect(rest([figure('-149.50')], [broken('a', '3.00')], [], tolerance({}, '2%')).isAccepted).toBe(false)
  expect(rest([figure('-149.50')], [broken('a', '2.99')], [], tolerance({ EUR: '10.00' }, '2%')).tolerance).toBe('2.99')
  expect(rest([figure('100.00')], [broken('a', '1.50')], [], tolerance({ EUR: '1.00' }, '2%')).isAccepted).toBe(false)
})

test('a tolerance of one currency is none of another, and yen have no decimals', () => {
  expect(rest([figure('100', 'JPY')], [broken('a', '1', { currency: 'JPY' })], [], tolerance({ EUR: '1.00' })).isAccepted).toBe(
    false,
  )
  expect(rest([figure('100', 'JPY')], [broken('a', '1', { currency: 'JPY' })], [], tolerance({ JPY: '1' })).isAccepted).toBe(true)
})

test('a missing record is excused by its explanation, never by the tolerance', () => {
  const missing = [broken('a', '0.01', { keys: -1 })]
  expect(isReady({ rests: restsOf([figure('100.00')], missing, [], tolerance({ EUR: '1.00' })), budget: [] })).toBe(false)
  expect(isReady({ rests: restsOf([figure('100.00')], missing, [said('a', '0.01')], tolerance({})), budget: [] })).toBe(true)
})

test('an explanation of another key, of more or of less leaves the rest', () => {
  const found = (...explanations: ReturnType<typeof said>[]) =>
    rest([figure('100.00')], [broken('a', '5.00')], explanations, tolerance({}))
  expect(found(said('b', '5.00'))).toMatchObject({ explained: '0.00', unexplained: '5.00' })
  expect(found(said('a', '7.00'))).toMatchObject({ explained: '7.00', unexplained: '-2.00', isAccepted: false })
  expect(found(said('a', '2.00'), said('a', '3.00'))).toMatchObject({ explained: '5.00', unexplained: '0.00', isAccepted: true })
})

test('of more differences than are looked into no sum is accepted: neither nothing, nor within the tolerance, nor explained', () => {
  const found = (amount: string, keys: number, ...explanations: ReturnType<typeof said>[]) =>
    rest(
      [figure('100.00')],
      [broken('', amount, { keys, because: { kind: 'bounded' } })],
      explanations,
      tolerance({ EUR: '1.00' }),
    )
  expect(found('0.00', -20_001)).toMatchObject({ unexplained: '0.00', isBounded: true, isAccepted: false })
  expect(found('0.50', 0)).toMatchObject({ isAccepted: false })
  expect(found('5.00', 0, said('', '5.00'))).toMatchObject({ unexplained: '0.00', isAccepted: false })
})
