import { expect, test } from 'vitest'
import { whyLeftToPeople } from './automatic.ts'
import { ReconciliationDefinition } from './definition.ts'

const definition = (certification: object) =>
  ReconciliationDefinition.parse({
    kind: 'reconciliation',
    reconciliation: 'some',
    title: 'Some',
    sides: [
      { name: 'A', system: 'a' },
      { name: 'B', system: 'b' },
    ],
    key: ['document'],
    certification,
  })
const found = (more: object = {}) => ({
  name: 'some',
  entity: 'DE01',
  period: '2026-10',
  figures: [{ currency: 'EUR', amount: '-100.00' }],
  differences: 0,
  openItems: 0,
  actsByHand: 0,
  wasSigned: false,
  ...more,
})
const ALLOWED = definition({ automaticUpTo: { EUR: '100.00' }, sample: 0 })

test('a definition that says nothing leaves all to people', () => {
  expect(whyLeftToPeople(definition({}), found())).toBe('not_allowed')
})

test('what ties is certified up to the limit, whatever its sign, and nothing that differs or was put together by hand', () => {
  expect(whyLeftToPeople(ALLOWED, found())).toBe(null)
  expect(whyLeftToPeople(ALLOWED, found({ figures: [{ currency: 'EUR', amount: '-100.01' }] }))).toBe('above_limit')
  expect(whyLeftToPeople(ALLOWED, found({ figures: [{ currency: 'USD', amount: '1.00' }] }))).toBe('above_limit')
  expect(whyLeftToPeople(ALLOWED, found({ differences: 1 }))).toBe('differs')
  expect(whyLeftToPeople(ALLOWED, found({ actsByHand: 1 }))).toBe('by_hand')
  expect(whyLeftToPeople(ALLOWED, found({ openItems: 1 }))).toBe('open_items')
  expect(whyLeftToPeople(ALLOWED, found({ wasSigned: true }))).toBe('signed_by_people')
})

test('the sample is about its share, and the same ones each time', () => {
  const sampled = definition({ automaticUpTo: { EUR: '100.00' }, sample: 10 })
  const left = Array.from({ length: 1_000 }, (_, i) => whyLeftToPeople(sampled, found({ entity: `E${i}` })))
  const count = left.filter((why) => why === 'sampled').length
  expect(count).toBeGreaterThan(60)
  expect(count).toBeLessThan(140)
  expect(Array.from({ length: 1_000 }, (_, i) => whyLeftToPeople(sampled, found({ entity: `E${i}` })))).toEqual(left)
})
