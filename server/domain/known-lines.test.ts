import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownLines } from './known-lines.ts'

const contentOf = (text: string) => hash('sha256', text).slice(0, 32)
const knownOf = (lines: readonly (readonly [key: string, content: string])[], seeds: [number, number] = [1, 2]) => {
  const known = new KnownLines(lines.length, seeds)
  lines.forEach(([key, content], i) => {
    const hex = contentOf(content)
    const bytes = Buffer.from(`..${key}..`)
    const words = [Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8, 16), 16)] as const
    known.add(bytes, 2, bytes.length - 2, ...words, 1_000 + i, i % 3)
  })
  return known
}

test('a record is unchanged when a line has its key and its content, and then only the first time', () => {
  const known = knownOf([
    ['J1|1', 'a'],
    ['J1|2', 'a'],
    ['Ærøskøbing|€', 'b'],
  ])
  expect(known.take('J1|3', contentOf('a'))).toBe(-1)
  expect(known.take('J1|2', contentOf('a'))).toBe(1)
  expect(known.take('Ærøskøbing|€', contentOf('b'))).toBe(2)
  expect([known.lineIdOf(2), known.segmentOf(2)]).toEqual([1_002, 2])
  expect(known.isNamedTwice).toBe(false)
  expect(known.take('J1|2', contentOf('a'))).toBe(-1)
  expect(known.isNamedTwice).toBe(true)
})

test.each([
  ['the same, then something else', ['a', 'b']],
  ['something else, then the same', ['b', 'a']],
])('two records about one line, %s, are told', (_what, contents) => {
  const known = knownOf([['J1|1', 'a']])
  known.take('J1|1', contentOf(contents[0]!))
  expect(known.isNamedTwice).toBe(false)
  known.take('J1|1', contentOf(contents[1]!))
  expect(known.isNamedTwice).toBe(true)
})

test('as a map would: whatever the keys and seeds, each line is found once by its own key and content', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 200 }),
      fc.tuple(fc.nat(), fc.nat()),
      (keys, seeds) => {
        const known = knownOf(
          keys.map((key, i) => [key, String(i % 3)] as const),
          seeds,
        )
        for (const [i, key] of keys.entries()) expect(known.take(key, contentOf(String(i % 3)))).toBe(i)
        expect(known.isNamedTwice).toBe(false)
        expect(known.count).toBe(keys.length)
      },
    ),
  )
})
