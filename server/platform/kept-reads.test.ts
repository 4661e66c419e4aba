import { expect, test } from 'vitest'
import { KeptReads } from './kept-reads.ts'

/** A world with a figure and the stamp that says when it changed, and how often it was read. */
function world() {
  const state = { stamp: 1, figure: 10, reads: 0 }
  const kept = new KeptReads<number>(async () => `${state.stamp}`)
  const change = (figure: number) => Object.assign(state, { figure, stamp: state.stamp + 1 })
  const ask = (key = 'a', during = () => {}) =>
    kept.read(key, async () => {
      state.reads += 1
      const found = state.figure
      during()
      return found
    })
  return { state, change, ask }
}

test('an answer is given again while the stamp is the same, and read anew once it is another', async () => {
  const { state, change, ask } = world()
  expect([await ask(), await ask(), await ask()]).toEqual([10, 10, 10])
  expect(state.reads).toBe(1)
  change(11)
  expect([await ask(), await ask()]).toEqual([11, 11])
  expect(state.reads).toBe(2)
})

test('an answer that was overtaken while it was read is not kept', async () => {
  const { state, change, ask } = world()
  expect(await ask('a', () => change(11))).toBe(10)
  expect(await ask()).toBe(11)
  expect(state.reads).toBe(2)
})

test('who asked while it was read gets the same without a second reading, unless something changed', async () => {
  const { state, change, ask } = world()
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([10, 10, 10])
  expect(state.reads).toBe(1)
  change(11)
  const first = ask('a', () => change(12))
  expect(await Promise.all([first, ask()])).toEqual([11, 12])
})

test('few answers are kept: the one kept first goes first', async () => {
  const { state, ask } = world()
  for (const key of ['a', 'b', 'c', 'd', 'e']) await ask(key)
  await ask('e')
  await ask('b')
  expect(state.reads).toBe(5)
  await ask('a')
  expect(state.reads).toBe(6)
})

test('a reading that fails is not kept', async () => {
  const { ask } = world()
  const fails = ask('a', () => {
    throw new Error('gone')
  })
  await expect(fails).rejects.toThrow('gone')
  expect(await ask()).toBe(10)
})
