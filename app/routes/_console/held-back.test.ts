import { expect, test } from 'vitest'
import { heldBack, heldBackWords, stillThere } from './held-back.ts'

type Row = { id: string; status: string }
const row = (id: string, status = 'running'): Row => ({ id, status })
const held = (opened: Row[], now: Row[]) => heldBack(opened, now, ({ id }) => id)
const opened = [row('3'), row('2'), row('1')]

test('a new row waits; the others are told anew where they stand', () => {
  const { shown, arrived, gone } = held(opened, [row('4'), row('3', 'failed'), row('2'), row('1')])
  expect(shown).toEqual([row('3', 'failed'), row('2'), row('1')])
  expect([arrived, gone]).toEqual([1, 0])
})

test('another order is no reason to move', () => {
  expect(held(opened, [row('1'), row('3'), row('2')]).shown).toEqual(opened)
})

test('a row that went keeps its place', () => {
  const { shown, arrived, gone } = held(opened, [row('3'), row('1')])
  expect(shown).toEqual(opened)
  expect([arrived, gone]).toEqual([0, 1])
})

test('after an act the rows that are left stay in their places; when none is left, the next ones come', () => {
  const still = (now: Row[]) => stillThere(opened, now, ({ id }) => id).map(({ id }) => id)
  expect(still([row('4'), row('1'), row('3')])).toEqual(['3', '1'])
  expect(still([row('5'), row('4')])).toEqual(['5', '4'])
})

test.each([
  { arrived: 0, gone: 0, words: null },
  { arrived: 12, gone: 0, words: '12 new' },
  { arrived: 1, gone: 1, words: '1 new' },
  { arrived: 0, gone: 1, words: '1 no longer belongs here' },
  { arrived: 0, gone: 2, words: '2 no longer belong here' },
])('$arrived arrived and $gone gone: $words', ({ words, ...given }) => expect(heldBackWords(given)).toBe(words))
