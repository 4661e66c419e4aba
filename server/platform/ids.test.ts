import { expect, test } from 'vitest'
import { newErrorId, newId } from './ids.ts'

test('an id is a UUID version 7 that sorts by its time', () => {
  const early = newId(new Date('2026-01-31T23:59:59.999Z'))
  const late = newId(new Date('2026-02-01T00:00:00.000Z'))
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(early < late).toBe(true)
  expect(Number.parseInt(early.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-01-31T23:59:59.999Z'))
})

test('ten thousand ids of one instant differ', () => {
  const now = new Date()
  expect(new Set(Array.from({ length: 10_000 }, () => newId(now))).size).toBe(10_000)
})

test('an error id can be read out', () => {
  expect(newErrorId()).toMatch(/^[2-9A-HJKMNP-Z]{8}$/)
})
