import { expect, test } from 'vitest'
import { DEFAULT_PREFERENCES, preferenceCookie, readPreferences, safeReturnTo } from './preferences.ts'

test('reads what it knows and ignores the rest', () => {
  expect(readPreferences('session=abc; theme=dark;density=compact; rail=sideways')).toEqual({
    theme: 'dark',
    density: 'compact',
    rail: 'open',
    keys: 'on',
  })
  expect(readPreferences(null)).toEqual(DEFAULT_PREFERENCES)
})

test('sets a cookie for a known value only, so a form cannot write a header', () => {
  expect(preferenceCookie(new Map([['theme', 'dark']]))).toBe('theme=dark; Path=/; Max-Age=31536000; SameSite=Lax')
  expect(preferenceCookie(new Map([['theme', 'dark; Domain=evil']]))).toBeNull()
  expect(preferenceCookie(new Map())).toBeNull()
})

test.each([
  ['/runs?status=failed', '/runs?status=failed'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  [null, '/'],
])('returns to %s as %s', (value, path) => {
  expect(safeReturnTo(value)).toBe(path)
})
