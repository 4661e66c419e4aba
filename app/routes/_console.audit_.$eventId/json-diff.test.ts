import { expect, test } from 'vitest'
import { diffOf } from './json-diff.ts'

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
    name: 'a list is compared place by place',
    before: { s: ['x'] },
    after: { s: ['x', 'y'] },
    says: ['added s[1]: null -> y', 'same s[0]: x -> x'],
  },
  { name: 'null is a value, and not the same as absent', before: { p: null }, after: {}, says: ['removed p: null -> null'] },
  { name: 'an empty list is a value', before: undefined, after: { slices: [] }, says: ['added slices: null -> []'] },
  { name: 'neither side', before: null, after: null, says: [] },
])('$name', ({ before, after, says }) => expect(brief(before, after)).toEqual(says))
