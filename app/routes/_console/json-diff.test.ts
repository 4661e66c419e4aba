import { expect, test } from 'vitest'
import { changeWords, diffOf, pathWords } from './json-diff.ts'

const brief = (before: unknown, after: unknown) =>
  diffOf(before, after).map((d) => `${d.change} ${d.path}: ${d.before} -> ${d.after}`)

test.each([
  {
    name: 'what was changed comes before what stayed',
    before: { a: 1, state: 'open' },
    after: { a: 1, state: 'closed' },
    says: ['changed state: open -> closed', 'same a: 1 -> 1'],
  },
  { name: 'nothing before is added', before: null, after: { lines: { new: 2 } }, says: ['added lines.new: null -> 2'] },
  {
    name: 'a list of words is one value',
    before: { s: ['x'] },
    after: { s: ['x', 'y'] },
    says: ['changed s: x -> x, y'],
  },
  {
    name: 'a list of things is compared place by place',
    before: { s: [{ a: 1 }] },
    after: { s: [{ a: 1 }, { a: 2 }] },
    says: ['added s[1].a: null -> 2', 'same s[0].a: 1 -> 1'],
  },
  { name: 'null is a value, and not the same as absent', before: { p: null }, after: {}, says: ['removed p: null -> null'] },
  { name: 'an empty list is a value', before: undefined, after: { slices: [] }, says: ['added slices: null -> []'] },
  { name: 'neither side', before: null, after: null, says: [] },
])('$name', ({ before, after, says }) => expect(brief(before, after)).toEqual(says))

test('a change is said in words, what stayed is not, and the rest is counted', () => {
  expect(changeWords(diffOf({ state: 'open', name: 'A' }, { state: 'closed', name: 'A' }))).toBe('State: open → closed')
  const many = changeWords(diffOf(null, { role: 'it', entityScope: ['NO01', 'SE01'], name: 'A', x: 1 }))
  expect(many).toBe('Role: it; Entity scope: NO01, SE01; 2 more')
  expect(changeWords(diffOf({ a: 'x'.repeat(60) }, {}))).toBe(`A: ${'x'.repeat(39)}… → none`)
  expect(changeWords(diffOf({ until: null, due: '2026-11-26T18:00:00.000Z' }, { until: '2026-12-21', due: null }))).toBe(
    'Until: none → 2026-12-21; Due: 26 Nov 2026 18:00 UTC → none',
  )
  expect(pathWords('lines[0].debit_total')).toBe('Lines 1, debit total')
})
