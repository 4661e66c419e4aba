import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeSteps } from './steps.ts'

let text = ''
const output = (isTTY: boolean) => ({ isTTY, write: (chunk: string) => (text += chunk) })
beforeEach(() => {
  text = ''
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})
const lasting = (ms: number) => () => new Promise<string>((done) => setTimeout(() => done('14/14'), ms))
const now = () => Date.now()

test('a finished step is one line with its duration', async () => {
  const step = makeSteps(output(false), now).step('Migrating', lasting(400), (total) => `Migrations ${total}`)
  await vi.advanceTimersByTimeAsync(400)
  expect(await step).toBe('14/14')
  expect(text).toMatch(/^✔ Migrations 14\/14 +0\.4 s\n$/)
})

test('a long step shows that it lives', async () => {
  const step = makeSteps(output(false), now).step('Building', lasting(13_000), () => 'Web')
  await vi.advanceTimersByTimeAsync(13_000)
  await step
  expect(text.split('\n').slice(0, 3)).toEqual(['… Building 2.0 s', '… Building 7.0 s', '… Building 12.0 s'])
})

test('on a terminal the sign of life leaves nothing behind', async () => {
  const step = makeSteps(output(true), now).step('Building', lasting(3_000), () => 'Web')
  await vi.advanceTimersByTimeAsync(3_000)
  await step
  expect(text.split('\x1b[2K').at(-1)).toMatch(/^✔ Web +3\.0 s\n$/)
  expect(text.split('\n')).toHaveLength(2)
})

test('a failed step stops its signs and throws on', async () => {
  const step = makeSteps(output(false), now).step(
    'Starting',
    () => Promise.reject(new Error('no disk')),
    () => 'never',
  )
  await expect(step).rejects.toThrow('no disk')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(text).toBe('')
})
