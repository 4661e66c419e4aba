import { setTimeout as sleep } from 'node:timers/promises'
import { run, type RunnerOptions } from 'graphile-worker'
import type { Logger } from '#server/platform/logger.ts'

const AGAIN_MS = 1_000

/**
 * The queue, started again whenever it ends by itself: graphile-worker 0.17 gives up when it cannot note that a task is over, and
 * that is what happens when the database goes away. Without the batches it notes it where nobody can catch the failure, and the
 * process ends. Runs that were being carried out go on; tasks that nobody took back are queued again by the recovery.
 */
export async function startSteadyQueue(options: RunnerOptions, logger: Logger): Promise<{ stop(): Promise<void> }> {
  const start = () => run({ ...options, preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } } })
  const stopping = new AbortController()
  let queue = await start()
  const supervising = supervise()

  async function supervise(): Promise<void> {
    while (!stopping.signal.aborted) {
      await queue.promise.catch((error: unknown) => logger.warn({ err: error }, 'the queue ended and is started again'))
      while (!stopping.signal.aborted) {
        await sleep(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
        if (stopping.signal.aborted) return
        const started = await start().catch((error: unknown) => logger.warn({ err: error }, 'the queue cannot be started yet'))
        if (!started) continue
        queue = started
        // It was asked to stop while it began.
        if (stopping.signal.aborted) await queue.stop().catch(() => undefined)
        break
      }
    }
  }

  return {
    async stop() {
      stopping.abort()
      await queue.stop().catch(() => undefined)
      await supervising
    },
  }
}
