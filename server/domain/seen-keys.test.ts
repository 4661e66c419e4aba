import { expect, test } from 'vitest'
import { SeenKeys } from './seen-keys.ts'

test('keys that came once are known to have come once, and the first that comes again is noticed', () => {
  const seen = new SeenKeys([7, 8])
  for (let n = 0; n < 100_000; n++) seen.add(`J${n}|${n % 4}`)
  seen.add('Ærøskøbing')
  seen.add('')
  expect(seen.mayRepeat).toBe(false)
  seen.add('J77777|1')
  expect(seen.mayRepeat).toBe(true)
})
