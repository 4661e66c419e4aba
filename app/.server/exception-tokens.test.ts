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
  expect(readTokens('severity:urgent x')).toEqual({
    words: 'x',
    filters: {},
    unknown: ['severity:urgent (severity takes critical, high, medium, low)'],
  })
})

test('more than so many days or so much money; status is another word for state', () => {
  expect(readTokens('age:>5d amount:>10,000.50 status:open')).toEqual({
    words: '',
    filters: { older: '5', above: '10000.50', state: 'open' },
    unknown: [],
  })
  expect(readTokens('age:2-5').filters).toEqual({ age: '2-5' })
  expect(readTokens('amount:lots age:>x').unknown).toEqual([
    'amount:lots (amount takes >10000)',
    expect.stringMatching(/^age:>x \(age takes .*>5d\)$/),
  ])
})

test('a word that every object knows is a word', () => {
  expect(readTokens('constructor:x valueof:y')).toEqual({ words: 'constructor:x valueof:y', filters: {}, unknown: [] })
})
