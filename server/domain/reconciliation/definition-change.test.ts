import { expect, test } from 'vitest'
import { loosensWords, settingChanges } from './definition-change.ts'
import { ReconciliationDefinition } from './definition.ts'

const definition = (more: object = {}) =>
  ReconciliationDefinition.parse({
    kind: 'reconciliation',
    reconciliation: 'a',
    title: 'A',
    sides: [
      { name: 'One', system: 'one', accounts: ['1', '2'] },
      { name: 'Two', system: 'two' },
    ],
    key: ['document'],
    ...more,
  })

test('settings that differ by their paths, what loosens first and in words', () => {
  const after = definition({
    title: 'B',
    sides: [
      { name: 'One', system: 'one', accounts: ['1'] },
      { name: 'Two', system: 'two' },
    ],
    certification: { automaticUpTo: { NOK: '5' } },
  })
  expect(settingChanges(definition(), after, ['certification.automaticUpTo', 'sides'])).toEqual([
    { path: 'certification.automaticUpTo.NOK', before: null, after: '5', loosens: 'its rule certifies more without a person' },
    { path: 'sides.1.accounts', before: '1, 2', after: '1', loosens: 'another thing is compared, in another way' },
    { path: 'title', before: 'A', after: 'B', loosens: null },
  ])
})

test('a new one is shown whole; one that is the same in nothing', () => {
  const paths = settingChanges(null, definition(), []).map(({ path }) => path)
  expect(paths).toContain('sides.2.system')
  expect(paths).toContain('certification.sample')
  expect(settingChanges(definition(), definition(), [])).toEqual([])
})

test('the same words once', () => {
  expect(loosensWords(['sides', 'key', 'tolerance.budget'])).toBe(
    'another thing is compared, in another way, more may pass without a person in all',
  )
})
