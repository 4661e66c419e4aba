import { expect, test } from 'vitest'
import { answerTo, isUnreachable } from './error-answer.ts'

test.each([400, 403, 404, 409, 422, 500, 503, 418, 599])(
  '%i has a sentence, says whether data is safe and what to do',
  (status) => {
    const { title, safety, advice } = answerTo(status)
    for (const text of [title, safety, advice]) expect(text.length).toBeGreaterThan(15)
  },
)

test('a refusal is told in its own words', () => {
  expect(answerTo(409, { message: 'The run is still going on' })).toMatchObject({ title: 'The run is still going on' })
})

test('a fault of ours never shows what the error said', () => {
  expect(JSON.stringify(answerTo(500, { message: 'password=hunter2 at db.ts:12', advice: 'secret' }))).not.toMatch(
    /hunter2|secret/,
  )
})

test.each(['Failed to fetch', 'NetworkError when attempting to fetch resource.', 'Load failed'])(
  'no answer, as browsers say it: %s',
  (words) => {
    expect(isUnreachable(new TypeError(words))).toBe(true)
  },
)

test('a fault in our own scripts is no lost connection', () => {
  expect(isUnreachable(new TypeError("Cannot read properties of null (reading 'map')"))).toBe(false)
  expect(isUnreachable(new Error('Failed to fetch'))).toBe(false)
})
