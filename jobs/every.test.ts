import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeLogger } from '#server/platform/logger.ts'
import { every, EVERY_FIVE_SECONDS } from './every.ts'

const HOUR_MS = 3_600_000
const logger = makeLogger({ level: 'silent' })
const tasks: { stop(): unknown }[] = []
const ticking = (expression: string, work: () => Promise<unknown>) => {
  const task = every(expression, logger, 'a clock', work)
  tasks.push(task)
  return task
}
const setBack = () => vi.setSystemTime(Date.now() - HOUR_MS)

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    now: HOUR_MS,
  })
})
afterEach(() => {
  for (const task of tasks.splice(0)) task.stop()
  vi.useRealTimers()
})

test('a clock goes on when that of the machine is set back, and stops when it is told to', async () => {
  let turns = 0
  const task = ticking(EVERY_FIVE_SECONDS, async () => void turns++)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(turns).toBe(2)
  setBack()
  await vi.advanceTimersByTimeAsync(12_000)
  expect(turns).toBe(4)
  task.stop()
  setBack()
  await vi.advanceTimersByTimeAsync(12_000)
  expect(turns).toBe(4)
})

test('a turn that goes on while the clock is set back stays the only one', async () => {
  let begun = 0
  let end = () => {}
  const work = () =>
    new Promise<void>((done) => {
      begun++
      end = done
    })
  ticking('* * * * * *', work)
  await vi.advanceTimersByTimeAsync(1_500)
  setBack()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(begun).toBe(1)
  end()
  await vi.advanceTimersByTimeAsync(1_500)
  expect(begun).toBe(2)
  end()
})
