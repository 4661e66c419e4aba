import type { Lifecycle } from './lifecycle.ts'
import type { Runtime } from './runtime.ts'

/** Time's door: the queue's tasks, in this process. */
export async function startWorkerRole(runtime: Runtime, lifecycle: Lifecycle, isAlone: boolean): Promise<void> {
  const { appUrl, logger, now, env, auditKey, embedded } = runtime
  const { startWorker } = await import('#jobs/worker.ts')
  const start = () =>
    startWorker({
      appUrl,
      logger,
      now,
      auditKey,
      concurrency: env.WORKER_CONCURRENCY,
      traceDays: env.TRACE_DAYS,
      ...(isAlone && { standsBack: { serverIsHere: embedded } }),
    })
  await lifecycle.open('worker', start, (worker) => worker.stop())
}

/** The clock, in this process. */
export async function startSchedulerRole({ appUrl, logger, now }: Runtime, lifecycle: Lifecycle): Promise<void> {
  const { startScheduler } = await import('#jobs/scheduler.ts')
  const start = () => startScheduler({ appUrl, logger, now })
  await lifecycle.open('scheduler', start, (scheduler) => scheduler.stop())
}
