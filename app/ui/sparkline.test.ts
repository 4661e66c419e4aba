import { expect, test } from 'vitest'
import { linesOf } from './sparkline.tsx'

test('it begins at zero: a small change of a large figure looks small', () => {
  const [line] = linesOf([100, 101])
  expect(line!.map(({ y }) => y)).toEqual([2.2, 2])
})

test('what is below zero lies below the line of zero', () => {
  const [line] = linesOf([10, -10, 0])
  expect(line!.map(({ y }) => y)).toEqual([2, 18, 10])
})

test('a day without a figure is a gap, not a zero', () => {
  expect(linesOf([1, null, 1]).map((line) => line.map(({ x }) => x))).toEqual([[2], [94]])
})

test.each([[[]], [[null]], [[0, 0]], [[5]]])('%j draws nothing that is not a number', (values) => {
  for (const point of linesOf(values).flat()) expect([point.x, point.y].every(Number.isFinite)).toBe(true)
})
