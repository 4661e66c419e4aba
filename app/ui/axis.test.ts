import { expect, test } from 'vitest'
import { axisOf } from './axis.ts'

const labels = (...texts: string[]) => axisOf(texts).ticks.map(({ label }) => label)

test.each([
  { name: 'small figures as they are', texts: ['0', '7.50'], ticks: ['0', '2', '4', '6', '8'] },
  { name: 'thousands', texts: ['412000.10', '90000'], ticks: ['0', '200 k', '400 k', '600 k'] },
  { name: 'millions', texts: ['12430112.00'], ticks: ['0', '5 M', '10 M', '15 M'] },
  {
    name: 'more than a double holds exactly',
    texts: ['12345678901234567890.12'],
    ticks: ['0', '5,000,000,000 bn', '10,000,000,000 bn', '15,000,000,000 bn'],
  },
  { name: 'below zero', texts: ['-7', '5'], ticks: ['-10', '-5', '0', '5'] },
  { name: 'nothing', texts: ['0'], ticks: ['0', '1'] },
])('$name', ({ texts, ticks }) => {
  expect(labels(...texts)).toEqual(ticks)
})

test('every figure lies between the first and the last tick', () => {
  for (const text of ['1', '9', '10', '99999', '100000', '-1', '-99999', '123456789.99']) {
    const { ticks, height } = axisOf([text])
    expect([text, height(text)! <= ticks.at(-1)!.at && height(text)! >= ticks[0]!.at]).toEqual([text, true])
  }
})

test('what is missing has no height', () => {
  expect(axisOf([null, '5']).height(null)).toBeNull()
})
