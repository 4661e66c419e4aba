import { expect, test } from 'vitest'
import { formatAge, formatBusinessDate, formatDuration, formatInstant } from './time.tsx'

test('an instant is written in the zone asked for', () => {
  expect(formatInstant('2026-09-01T23:30:05Z')).toBe('1 Sep 2026 23:30')
  expect(formatInstant('2026-09-01T23:30:05Z', 'Europe/Berlin', true)).toBe('2 Sep 2026 01:30:05')
  expect(formatInstant('2026-01-01T00:00:00Z', 'UTC')).toBe('1 Jan 2026 00:00')
  expect(formatInstant('soon')).toBe('soon')
})

test('a business date never shifts', () => {
  expect(formatBusinessDate('2026-10-31')).toBe('31 Oct 2026')
  expect(formatBusinessDate('2026-13-01')).toBe('2026-13-01')
})

test.each([
  ['2026-11-21T06:00:00Z', 'now'],
  ['2026-11-21T05:01:00Z', '59 min'],
  ['2026-11-19T07:00:00Z', '47 h'],
  ['2026-11-19T06:00:00Z', '2 d'],
  ['2026-11-21T08:00:00Z', 'in 2 h'],
])('%s is %s', (from, age) => {
  expect(formatAge(from, '2026-11-21T06:00:00Z')).toBe(age)
})

test.each([
  [840, '840 ms'],
  [4_240, '4.2 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 00 s'],
  [125_000, '2 min 05 s'],
  [4_320_000, '1 h 12 min'],
])('%i ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})
