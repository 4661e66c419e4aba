import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sumDecimals } from './money.ts'
import { focusOf, inReleaseOrder, type HeldLoad, type Rankable, type Waiting } from './release-order.ts'

const NOW = new Date('2026-11-21T10:00:00Z')
const LATER = '2026-12-21T18:00:00Z'
const row = (exceptionId: number, amounts: Record<string, string>, rest: Partial<Rankable> = {}): Rankable => ({
  exceptionId,
  severity: 'medium',
  dueAt: LATER,
  amounts,
  ...rest,
})
const order = (...rows: Rankable[]) => inReleaseOrder(rows, NOW).map(({ exceptionId }) => exceptionId)

test('the larger part of its own currency comes first, whatever the currency', () => {
  // A million yen is less of all yen than ten pounds are of all pounds.
  expect(order(row(1, { JPY: '1000000' }), row(2, { JPY: '9000000' }), row(3, { GBP: '10.00' }))).toEqual([3, 2, 1])
})

test('severity and the due time weigh; what has no amount has its place; equal ones keep their order', () => {
  const overdue = { dueAt: '2026-11-21T09:59:59Z' }
  expect(order(row(1, { GBP: '40' }), row(2, { GBP: '60' }))).toEqual([2, 1])
  expect(order(row(1, { GBP: '40' }, { severity: 'high' }), row(2, { GBP: '60' }))).toEqual([1, 2])
  expect(order(row(1, { GBP: '40' }, overdue), row(2, { GBP: '60' }))).toEqual([1, 2])
  expect(order(row(1, {}), row(2, {}, { severity: 'critical' }), row(3, {}))).toEqual([2, 1, 3])
})

const waits = (needs: number[], amount: string, currency = 'GBP'): Waiting => ({ needs, currency, debit: amount, credit: '0' })

test('so few of the first release so much: a record with two reasons waits for both and counts once', () => {
  const waiting = [waits([1], '90'), waits([2], '4'), waits([1, 3], '6')]
  expect(focusOf([1, 2, 3], waiting, [])).toMatchObject({ count: 1, of: 3, released: [{ amount: '90', of: '100', percent: 90 }] })
  expect(focusOf([2, 3, 1], waiting, [])).toMatchObject({ count: 3, released: [{ amount: '100', percent: 100 }] })
  expect(focusOf([2, 1], [waits([1, 9], '100')], []), 'what waits for something that is not on the list').toMatchObject({
    count: 0,
    released: [{ amount: '0', of: '100', percent: 0 }],
  })
  expect(focusOf([1, 2], [], [])).toBeNull()
})

test('currencies are not added: each must be released', () => {
  expect(focusOf([1, 2], [waits([1], '1000000', 'JPY'), waits([2], '1.00')], [])).toMatchObject({
    count: 2,
    released: [
      { currency: 'JPY', amount: '1000000', percent: 100 },
      { currency: 'GBP', amount: '1.00', percent: 100 },
    ],
  })
})

test('what waits without an amount, such as members, is no currency of which a share is missing', () => {
  expect(focusOf([1, 2], [waits([1], '10'), waits([2], '0', '')], [])).toMatchObject({
    count: 1,
    released: [{ currency: 'GBP', percent: 100 }],
  })
  expect(focusOf([1], [waits([1], '0', '')], [])).toBeNull()
  const held = [1, 2].map((need) => ({ runId: need, needs: [need] }))
  expect(focusOf([1, 2], [waits([1], '0', '')], held)).toMatchObject({ count: 2, released: [], heldLoads: 2 })
})

test('a held load is released with the last of what holds it', () => {
  const held: HeldLoad[] = [
    { runId: 7, needs: [1, 2] },
    { runId: 8, needs: [3] },
  ]
  expect(focusOf([1, 2, 3], [waits([1, 2], '95'), waits([3], '5')], held)).toMatchObject({
    count: 2,
    heldLoads: 1,
    ofHeldLoads: 2,
  })
})

test('what it says is what a plain count of the records says', () => {
  const anyWaiting = fc.record({
    needs: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
    currency: fc.constantFrom('GBP', 'JPY'),
    debit: fc.integer({ min: 0, max: 9_999 }).map((cents) => (cents / 100).toFixed(2)),
    credit: fc.constant('0'),
  })
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6]), fc.array(anyWaiting, { maxLength: 20 }), (given, waiting) => {
      const focus = focusOf(given, waiting, [])
      const first = new Set(given.slice(0, focus?.count ?? 0))
      for (const { currency, amount, of } of focus?.released ?? []) {
        const own = waiting.filter((one) => one.currency === currency && one.needs.some((need) => given.includes(need)))
        const released = own.filter(({ needs }) => needs.every((need) => first.has(need)))
        expect(Number(amount)).toBeCloseTo(Number(sumDecimals(released.map(({ debit }) => debit))), 2)
        expect(Number(of)).toBeCloseTo(Number(sumDecimals(own.map(({ debit }) => debit))), 2)
      }
    }),
  )
})
