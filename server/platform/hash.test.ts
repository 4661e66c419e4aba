import { expect, test } from 'vitest'
import { canonicalJson, requestHash, sha256Hex } from './hash.ts'

test('the known digest of abc', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test.each([
  { name: 'the order of keys does not count', one: { a: 1, b: { c: 2, d: 3 } }, other: { b: { d: 3, c: 2 }, a: 1 }, same: true },
  { name: 'an absent field equals an undefined one', one: { a: 1 }, other: { a: 1, b: undefined }, same: true },
  { name: 'the order of a list counts', one: [1, 2], other: [2, 1], same: false },
  { name: 'a number is not its text', one: { a: 1 }, other: { a: '1' }, same: false },
  { name: 'a bigint is not its text', one: { a: 1n }, other: { a: '1' }, same: false },
  { name: 'null is not absent', one: { a: null }, other: {}, same: false },
])('$name', ({ one, other, same }) => {
  expect(requestHash(one) === requestHash(other)).toBe(same)
})

test.each([[undefined], [Number.NaN], [[undefined]], [new Map()], [() => 1]])('what JSON would lose is refused: %s', (value) => {
  expect(() => canonicalJson({ value: [value] })).toThrow(TypeError)
})
