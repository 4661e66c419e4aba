import { expect, test } from 'vitest'
import { paceOf } from './pace-of.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString()
const progress = { stage: 'validate', records: 20_000, bytes: 2_500, bytesTotal: 10_000 } as const

test('a quarter read in ten seconds: thirty are left', () => {
  expect(paceOf(progress, at(0), at(10))).toEqual({ recordsPerSecond: 2_000, leftMs: 30_000 })
})

test.each([
  ['at the very beginning', progress, 0],
  ['before the first record', { ...progress, records: 0 }, 10],
])('nothing is said %s', (_, given, seconds) => {
  expect(paceOf(given, at(0), at(seconds))).toBeNull()
})

test.each([
  ['nothing is known of the whole', { ...progress, bytesTotal: 0 }],
  ['too little is read', { ...progress, bytes: 100 }],
  ['more was read than there is', { ...progress, bytes: 10_001 }],
])('no time is guessed where %s', (_, given) => {
  expect(paceOf(given, at(0), at(10))).toEqual({ recordsPerSecond: 2_000, leftMs: null })
})
