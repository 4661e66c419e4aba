import { expect, test } from 'vitest'
import { withDeadline } from './deadline.ts'

const silent = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))

test('work that says nothing ends at the deadline', async () => {
  await expect(withDeadline(20, new AbortController().signal, silent)).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('a cancelled parent ends the work with its own reason', async () => {
  const parent = new AbortController()
  const running = withDeadline(10_000, parent.signal, silent)
  parent.abort(new Error('the run was cancelled'))
  await expect(running).rejects.toThrow('the run was cancelled')
})

test('a parent cancelled before lets no work begin', async () => {
  let began = false
  const run = withDeadline(10, AbortSignal.abort(new Error('too late')), async () => {
    began = true
  })
  await expect(run).rejects.toThrow('too late')
  expect(began).toBe(false)
})
