import { expect, test } from 'vitest'
import { AGE_BANDS, bandOf, byAge, openedWithin } from './age.ts'

const NOW = new Date('2026-11-21T12:00:00.000Z')
const agoMs = (ms: number) => new Date(NOW.getTime() - ms).toISOString()
const DAY = 86_400_000

test('every age is in exactly one band, to the millisecond, and in the band its days say', () => {
  for (const days of [0, 1, 2, 5, 6, 10, 11, 30, 31, 400]) {
    for (const ms of [days * DAY, days * DAY + 1, (days + 1) * DAY - 1]) {
      const opened = agoMs(ms)
      const within = AGE_BANDS.filter((band) => {
        const { openedFrom = '', openedBefore = '9' } = openedWithin(band, NOW)
        return opened >= openedFrom && opened < openedBefore
      })
      expect(within, `${days} days and ${ms - days * DAY} ms`).toEqual([bandOf(days)])
    }
  }
})

test('bands without anything are there', () => {
  expect(
    byAge([
      { days: 1, count: 2 },
      { days: 0, count: 1 },
      { days: 99, count: 4 },
    ]).map(({ count }) => count),
  ).toEqual([3, 0, 0, 0, 4])
})
