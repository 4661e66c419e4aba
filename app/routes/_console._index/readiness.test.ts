import { expect, test } from 'vitest'
import type { CloseRow } from '#app/.server/reads.ts'
import { readinessOf } from './readiness.ts'
import { closeWords } from './state-of-tower.ts'

const row = (more: Partial<CloseRow> = {}): CloseRow => ({
  entity: 'NO01',
  name: null,
  period: '2026-10',
  endedOn: '2026-10-31',
  state: 'open',
  missingFeeds: 0,
  heldLoads: 0,
  business: 0,
  control: 0,
  certainty: 'certified',
  openBefore: [],
  ...more,
})

test('what nobody has certified is not ready to close, though nothing blocks it', () => {
  expect(
    [
      row(),
      row({ certainty: 'not_reconciled' }),
      row({ certainty: 'preliminary' }),
      row({ certainty: 'preliminary', control: 1 }),
      row({ certainty: 'preliminary', state: 'closed' }),
    ].map(readinessOf),
  ).toEqual(['ready', 'ready', 'unsigned', 'blocked', 'closed'])
})

test('the controller is told how many wait for signatures only', () => {
  const told = (close: readonly CloseRow[]) => closeWords({ close, money: [] })
  expect(told([row(), row({ certainty: 'preliminary' })])).toBe('1 of 2 entities waits for signatures. No amount is unexplained.')
  expect(told([row({ control: 1 }), row({ certainty: 'preliminary' })])).toBe(
    '1 of 2 entities cannot close yet, 1 waits for signatures. No amount is unexplained.',
  )
  expect(told([row()])).toBe('Nothing blocks the close of 1 entity. No amount is unexplained.')
})
