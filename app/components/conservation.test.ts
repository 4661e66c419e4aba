import { expect, test } from 'vitest'
import { waterfallOf, type Conservation } from './conservation.ts'

const world = (over: Partial<Conservation> = {}): Conservation => ({
  extracted: { count: 100, amount: '10.00' },
  new: { count: 60, amount: '9.10' },
  changed: { count: 5, amount: '0.50' },
  unchanged: { count: 20, amount: '0.30' },
  duplicate: { count: 10, amount: '0.20' },
  rejected: { count: 5, amount: '-0.10' },
  ...over,
})

test('each part begins where the one before it ended, and the parts end where extracted ends', () => {
  const { rows, holds } = waterfallOf(world())
  expect(holds).toBe(true)
  expect(rows.map(({ part, from, length }) => `${part} ${from}+${length}`)).toEqual([
    'extracted 0+100',
    'accepted 0+95',
    'new 0+60',
    'changed 60+5',
    'unchanged 65+20',
    'duplicate 85+10',
    'rejected 95+5',
  ])
  expect(rows[1]?.amount).toBe('10.10')
})

test('what was corrected stands between what came and what became of it', () => {
  const corrected = { count: 0, amount: '0.50' }
  const { rows, holds } = waterfallOf(world({ corrected, new: { count: 60, amount: '9.60' } }))
  expect(holds).toBe(true)
  expect(rows[1]).toMatchObject({ part: 'corrected', count: 0, amount: '0.50' })
  expect(waterfallOf(world({ corrected })).missing).toEqual({ count: 0, amount: '0.50' })
  // A record that left for another currency.
  expect(waterfallOf(world({ corrected: { count: -1, amount: '-1.00' }, new: { count: 59, amount: '8.10' } })).holds).toBe(true)
})

test('a lost record is a row of its own', () => {
  const { rows, holds, missing } = waterfallOf(world({ unchanged: { count: 17, amount: '0.30' } }))
  expect(holds).toBe(false)
  expect(missing).toEqual({ count: 3, amount: '0.00' })
  expect(rows.at(-1)).toMatchObject({ part: 'missing', from: 97, length: 3 })
})

test('records that add up do not excuse money that does not', () => {
  expect(waterfallOf(world({ extracted: { count: 100, amount: '10.01' } }))).toMatchObject({
    holds: false,
    missing: { count: 0, amount: '0.01' },
  })
})

test('more than was extracted does not hold either, and keeps its sign', () => {
  expect(waterfallOf(world({ new: { count: 61, amount: '9.10' } }))).toMatchObject({ holds: false, missing: { count: -1 } })
})

test('an amount that cannot be read leaves the sum unknown, not smaller', () => {
  const { rows, holds } = waterfallOf(world({ rejected: { count: 5, amount: null } }))
  expect(rows.find(({ part }) => part === 'accepted')?.amount).toBe('10.10')
  expect(holds).toBe(true)
})
