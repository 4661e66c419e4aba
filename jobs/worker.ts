import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { EventEmitter } from 'node:events'
import { Logger, type WorkerEvents } from 'graphile-worker'
import { openDatabase, closeDatabase, type Database } from '#db/client.ts'
import { sweepSpans } from '#db/queries/spans.ts'
import { registerWorker } from '#db/queries/workers.ts'
import type { KeyStore } from '#server/platform/audit-log/key-store.ts'
import type { Logger as Log } from '#server/platform/logger.ts'
import { WORKER } from '#server/domain/actor.ts'
import type { Context } from '#server/services/context.ts'
import { sequenceEvents } from '#server/services/audit/sequence-events.ts'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'
import { makeContext } from '#server/services/services.ts'
import { recoverDeliveries } from '#server/services/deliver/recover-deliveries.ts'
import { compareWhatMoved } from '#server/services/reconcile/compare-what-moved.ts'
import { makeObserver, recoverRuns } from '#server/services/recover-runs.ts'
import { bulkReplayTask } from './bulk-replay.ts'
import { carryOutDeliveryTask } from './carry-out-delivery.ts'
import { executeRunTask } from './execute-run.ts'
import { every, EVERY_FIVE_SECONDS } from './every.ts'
import { guarded } from './guarded.ts'
import { startSteadyQueue } from './steady-queue.ts'
import { makeStandBack } from './stand-back.ts'
import { watchFolders, type Unreadable } from './watch-folders.ts'

/** Targets told at once. To one system one at a time, whatever this says. */
const DELIVERY_SLOTS = 2

export type WorkerOptions = {
  readonly appUrl: string
  readonly logger: Log
  readonly concurrency: number
  readonly now: () => Date
  readonly auditKey?: KeyStore
  /** How long the traces of runs are kept. */
  readonly traceDays: number
  /** For a process that does nothing else: people who read come first, here and, where the server runs on this machine, in it. */
  readonly standsBack?: { readonly serverIsHere: boolean }
}

/** Time's door: the queue hands out runs, the clock looks after folders and after workers that died. */
export async function startWorker({
  appUrl,
  logger,
  concurrency,
  now,
  auditKey,
  traceDays,
  standsBack,
}: WorkerOptions): Promise<{ stop(): Promise<void> }> {
  // A run holds a few connections at once: the rules, the indexes, what it tells. Copies have their own. Several workers share
  // what the server has: four of them with four slots each were too many for 100.
  const db: Database = openDatabase(appUrl, { max: concurrency * 2 + 3 + DELIVERY_SLOTS, name: 'control tower worker' })
  const workerId = randomUUID()
  const registration = await registerWorker(db, { workerId, description: `${hostname()} pid ${process.pid}` })
  const context: Context = { ...makeContext({ db, logger, now, auditKey }), workerId }
  const stopping = new AbortController()
  const observer = makeObserver()
  const unreadable: Unreadable = new Map()
  await recoverRuns(context, observer)
  await recoverDeliveries(context, observer.deliveries)
  const queueWorkerIds: string[] = []
  const events = new EventEmitter() as WorkerEvents
  events.on('worker:create', ({ worker }) => queueWorkerIds.push(worker.workerId))
  const common = { connectionString: appUrl, noHandleSignals: true, pollInterval: 2_000, logger: quietLogger(logger), events }
  const queue = await startSteadyQueue(
    {
      ...common,
      concurrency,
      // One listens, the others fetch and complete tasks.
      maxPoolSize: concurrency + 1,
      taskList: { execute_run: executeRunTask(context, stopping.signal), bulk_replay: bulkReplayTask(context) },
    },
    logger,
  )
  // Slots of their own: a target that is slow or silent keeps no load waiting.
  const deliveries = await startSteadyQueue(
    {
      ...common,
      concurrency: DELIVERY_SLOTS,
      maxPoolSize: DELIVERY_SLOTS + 1,
      taskList: { carry_out_delivery: carryOutDeliveryTask(context, stopping.signal) },
    },
    logger,
  )
  const checkpoint = () => signCheckpoint(context, { actor: WORKER, onDemand: false })
  const clock = [
    every(EVERY_FIVE_SECONDS, logger, 'heartbeat', () => registration.beat(queueWorkerIds)),
    every(EVERY_FIVE_SECONDS, logger, 'recovery', () => recoverRuns(context, observer)),
    every(EVERY_FIVE_SECONDS, logger, 'deliveries', () => recoverDeliveries(context, observer.deliveries)),
    every(EVERY_FIVE_SECONDS, logger, 'folders', () => watchFolders(context, unreadable)),
    // So long an event stands without its leaf, where a worker is up.
    every('* * * * * *', logger, 'leaves of the audit log', () => sequenceEvents(context)),
    every('*/5 * * * *', logger, 'a checkpoint of the audit log', checkpoint),
    every(EVERY_FIVE_SECONDS, logger, 'reconciliations', () => compareWhatMoved(context)),
    every('17 * * * *', logger, 'sweeping traces', () => sweepSpans(db, traceDays)),
  ]
  if (standsBack) clock.push(every('* * * * * *', logger, 'standing back', makeStandBack(db, standsBack.serverIsHere)))
  await registration.beat(queueWorkerIds)
  const firstCheckpoint = guarded(logger, 'a checkpoint of the audit log', checkpoint)
  return {
    async stop() {
      for (const task of clock) task.stop()
      await firstCheckpoint
      stopping.abort(new Error('the worker is stopping'))
      await Promise.all([queue.stop(), deliveries.stop()])
      await registration.release().catch(() => undefined)
      await closeDatabase(db)
    },
  }
}

const quietLogger = (logger: Log) =>
  new Logger(() => (level, message) => {
    if (level === 'error') logger.error(message)
  })
