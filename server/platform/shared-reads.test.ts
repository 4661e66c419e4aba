import { expect, test } from 'vitest'
import { SharedReads } from './shared-reads.ts'

/** Readings that end when they are told to. */
function readings() {
  const ends: ((error?: Error) => void)[] = []
  const shared = new SharedReads<number>()
  const work = () =>
    new Promise<number>((resolve, reject) => {
      const nth = ends.length + 1
      ends.push((error) => (error ? reject(error) : resolve(nth)))
    })
  return { ends, ask: (key = 'a') => shared.read(key, work) }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('an answer is never older than its question: who asks while one is under way gets the next', async () => {
  const { ends, ask } = readings()
  const first = ask()
  const [second, third] = [ask(), ask()]
  await settle()
  expect(ends).toHaveLength(1)
  ends[0]!()
  await settle()
  expect(ends).toHaveLength(2)
  const fourth = ask()
  ends[1]!()
  await settle()
  ends[2]!()
  expect(await Promise.all([first, second, third, fourth])).toEqual([1, 2, 2, 3])
})

test('nothing is kept once it was given, and nothing is shared between questions', async () => {
  const { ends, ask } = readings()
  const [a, b] = [ask('a'), ask('b')]
  ends[0]!()
  ends[1]!()
  expect(await Promise.all([a, b])).toEqual([1, 2])
  const later = ask('a')
  ends[2]!()
  expect(await later).toBe(3)
})

test('a reading that fails fails those who shared it; the next begins all the same', async () => {
  const { ends, ask } = readings()
  const first = ask()
  const [second, third] = [ask(), ask()]
  ends[0]!(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  await settle()
  ends[1]!(new Error('again'))
  await expect(second).rejects.toThrow('again')
  await expect(third).rejects.toThrow('again')
  const last = ask()
  ends[2]!()
  expect(await last).toBe(3)
})
