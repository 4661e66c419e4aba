import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

/** Time's door: the queue's tasks and the clock, in this process. */
export async function startWorkerRole(runtime: Runtime, lifecycle: Lifecycle): Promise<void> {
  const { startWorker } = await import('#jobs/worker.ts')
  await lifecycle.open('worker', () => startWorker({ appUrl: runtime.appUrl, logger: runtime.logger, concurrency: runtime.env.WORKER_CONCURRENCY, now: runtime.now }), (worker) => worker.stop())
}
