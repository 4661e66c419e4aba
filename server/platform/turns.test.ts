import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

const NEVER = new AbortController().signal

test('as many as there are turns go on, the others in the order in which they came', async () => {
  const turns = new Turns(2)
  const order: number[] = []
  const taken = [0, 1, 2, 3].map((nth) =>
    turns.take(NEVER).then((giveBack) => {
      order.push(nth)
      return giveBack
    }),
  )
  const [first, second] = await Promise.all(taken.slice(0, 2))
  expect(order).toEqual([0, 1])
  expect(turns.isFree).toBe(false)
  second!()
  // Given back twice, it is one turn.
  second!()
  const third = await taken[2]!
  expect(order).toEqual([0, 1, 2])
  first!()
  third()
  const fourth = await taken[3]!
  expect(turns.isFree).toBe(true)
  fourth()
})

test('who is stopped waits no longer and takes no turn', async () => {
  const turns = new Turns(1)
  const giveBack = await turns.take(NEVER)
  const stop = new AbortController()
  const stopped = turns.take(stop.signal)
  const next = turns.take(NEVER)
  stop.abort(new Error('cancelled'))
  await expect(stopped).rejects.toThrow('cancelled')
  await expect(turns.take(stop.signal)).rejects.toThrow('cancelled')
  giveBack()
  const last = await next
  last()
  expect(turns.isFree).toBe(true)
  expect(getEventListeners(NEVER, 'abort')).toEqual([])
})
