import { expect, test } from 'vitest'
import { readTokens } from './exception-tokens.ts'

test('tokens become filters, the rest are words', () => {
  expect(readTokens('  cost assignee:me SEVERITY:High is:regressed 12:30  code:period_closed centre ')).toEqual({
    words: 'cost 12:30 centre',
    filters: { assignee: 'me', severity: 'high', is: 'regressed', code: 'period_closed' },
    unknown: [],
  })
})

test('a filter with a value it does not have is told, not taken for a word', () => {
  expect(readTokens('severity:urgent x')).toEqual({ words: 'x', filters: {}, unknown: ['severity:urgent'] })
})

test('a word that every object knows is a word', () => {
  expect(readTokens('constructor:x valueof:y')).toEqual({ words: 'constructor:x valueof:y', filters: {}, unknown: [] })
})
