import { expect, test } from 'vitest'
import { readChosen } from './exceptions-search.ts'

const chosenOf = (search: string) => readChosen(new URL(`http://desk.test/exceptions?${search}`))

test('the chosen are read by comma and by box; what is no number is told and no fault of ours', () => {
  expect(chosenOf('chosen=1,2&chosen=3')).toEqual([1, 2, 3])
  expect(chosenOf('')).toEqual([])
  for (const wrong of ['x', '0', '1.5', '99999999999', Array.from({ length: 1_001 }, (_, i) => i + 1).join()])
    expect(() => chosenOf(`chosen=${wrong}`), wrong.slice(0, 20)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', status: 422 }),
    )
})
