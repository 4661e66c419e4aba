import { expect, test } from 'vitest'
import { documentOfKey, judgeItem, writeBackProblem, type FoundDocument } from './delivery.ts'

const ours = { key: 'K', contentHash: 'h2', count: 2, debit: '10.50', credit: '10.50', operation: 'put' } as const
const there = (more: Partial<FoundDocument> = {}): FoundDocument => ({ ...ours, reference: 'R1', ...more })
const told = new Set(['h1'])

// One row is one rule of promise 7. Read the names top to bottom.
test.each([
  { name: 'not there: it is sent', found: [], next: { next: 'send', replaces: null } },
  { name: 'there with the same content: it is not sent', found: [there()], next: { next: 'there', reference: 'R1' } },
  { name: 'the same amounts written otherwise are the same', found: [there({ debit: '10.5' })], next: { next: 'there' } },
  { name: 'our mark over other amounts is not believed', found: [there({ debit: '10.51' })], next: { next: 'conflict' } },
  { name: 'our mark over fewer lines is not believed', found: [there({ count: 1 })], next: { next: 'conflict' } },
  {
    name: 'what we told it before is replaced by its reference',
    found: [there({ contentHash: 'h1' })],
    next: { next: 'send', replaces: 'R1' },
  },
  { name: 'what we never told it is left alone', found: [there({ contentHash: 'x' })], next: { next: 'conflict' } },
  { name: 'twice is a conflict, even where both are right', found: [there(), there()], next: { next: 'conflict' } },
])('$name', ({ found, next }) => {
  expect(judgeItem(ours, found, told)).toMatchObject(next)
})

test.each([
  { name: 'withdrawn and not there: nothing to do', found: [], next: { next: 'there', reference: null } },
  {
    name: 'withdrawn and there as we told it: it goes',
    found: [there({ contentHash: 'h1' })],
    next: { next: 'send', replaces: 'R1' },
  },
  { name: 'withdrawn and there otherwise: left alone', found: [there({ contentHash: 'x' })], next: { next: 'conflict' } },
])('$name', ({ found, next }) => {
  const item = { ...ours, operation: 'withdraw', contentHash: '', count: 0, debit: '0', credit: '0' } as const
  expect(judgeItem(item, found, told)).toMatchObject(next)
})

test.each([
  { to: 'planning', from: 'erp', objectType: 'budget_line', versions: ['budget'], isRefused: false },
  { to: 'planning', from: 'erp', objectType: 'budget_line', versions: ['budget', 'actual'], isRefused: true },
  { to: 'planning', from: 'erp', objectType: 'journal_line', versions: [], isRefused: true },
  { to: 'planning', from: 'erp', objectType: 'period_balance', versions: [], isRefused: true },
  { to: 'erp', from: 'planning', objectType: 'journal_line', versions: [], isRefused: true },
  { to: 'erp', from: 'planning', objectType: 'budget_line', versions: ['forecast'], isRefused: false },
  { to: 'warehouse', from: 'erp', objectType: 'journal_line', versions: ['actual'], isRefused: false },
] as const)('a $objectType ($versions) from $from to $to', ({ from, to, objectType, versions, isRefused }) => {
  expect(writeBackProblem({ sourceKind: from, targetKind: to, objectType, versions }) !== null).toBe(isRefused)
})

test('a document is named by the end of its natural key, also where a key has parts of its own', () => {
  expect(documentOfKey('erp|journal_line|TI01|2025-12|actual|EUR|D:SA-1')).toBe('SA-1')
  expect(documentOfKey('planning|plan_line|TI01|2025-12|budget|EUR|K:TI01|2025|4000|00')).toBe('TI01|2025|4000|00')
})
