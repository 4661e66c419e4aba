import { setTimeout as sleep } from 'node:timers/promises'
import { median, p95, rounded } from './question.ts'

export type Times = { readonly medianMs: number; readonly p95Ms: number; readonly reads: number }

const WARM_UP = 3
const THINK_MS = 1_000

/** One read after the other, by one reader. `nth` counts from 0. */
export async function readAlone(times: number, read: (nth: number) => Promise<unknown>): Promise<Times> {
  for (let n = 0; n < WARM_UP; n++) await read(n)
  const took: number[] = []
  for (let n = 0; n < times; n++) took.push(await milliseconds(() => read(n)))
  return summary(took)
}

export type Crowd = { readonly readers: number; readonly forMs: number; readonly pace: 'at once' | 'every second' }

/**
 * Readers who read at the same time through one process and its pool. 'at once': each asks again when it was answered, so the machine
 * is full all the time. 'every second': each asks once a second, as people who press a key do.
 */
export async function readTogether({ readers, forMs, pace }: Crowd, read: (nth: number) => Promise<unknown>): Promise<Times> {
  const until = performance.now() + forMs
  const took: number[] = []
  const reader = async (first: number) => {
    if (pace === 'every second') await sleep((first / readers) * THINK_MS)
    for (let n = first; performance.now() < until; n += readers) {
      const ms = await milliseconds(() => read(n))
      took.push(ms)
      if (pace === 'every second') await sleep(Math.max(0, THINK_MS - ms))
    }
  }
  await Promise.all(Array.from({ length: readers }, (_, n) => reader(n)))
  return summary(took)
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const summary = (took: readonly number[]): Times => ({
  medianMs: rounded(median(took), 1),
  p95Ms: rounded(p95(took), 1),
  reads: took.length,
})
