import { raiseRouted } from './triage/raise-routed.ts'
import { isLockTimeout } from '#db/failures.ts'
import { dropLoadPlace } from '#db/load/places.ts'
import { listBulkReplaysUnderWay } from '#db/queries/bulk-replays.ts'
import { listForsakenLoads } from '#db/queries/loads.ts'
import { limitLockWaits } from '#db/queries/lock-waits.ts'
import { enqueueBulkReplay, enqueueRun, listDueRuns } from '#db/queries/queue.ts'
import { endAttempt, endRun, delayRun, findRun, lockRunning } from '#db/queries/runs.ts'
import { forgetWorker, listRunningRuns, listSeenWorkers } from '#db/queries/workers.ts'
import { WORKER } from '#server/domain/actor.ts'
import { TECHNICAL_FAILURES } from '#server/domain/errors.ts'
import { failureDraft } from '#server/domain/exception.ts'
import { Silence } from '#server/platform/silence.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { releaseRuns } from './release-runs.ts'

const SILENT_MS = 20_000
/** A live worker reports every half second; one that has not for this long will not come back to it. Both in time of the observer's own. */
const STUCK_MS = 60_000
const LOCK_MS_MAX = 3_000
const DUE_BATCH = 500

/** What was seen from turn to turn. Who looks once only takes nobody for silent. */
export const makeObserver = (now?: () => number) => ({
  workers: new Silence(now),
  runs: new Silence(now),
  deliveries: new Silence(now),
})
export type Observer = ReturnType<typeof makeObserver>

/**
 * Finds workers that died and gives their runs to others; wakes runs that are due and that the queue has forgotten.
 * Any number of processes may call it, at any time. Returns the runs it took back.
 */
export async function recoverRuns(context: Context, observer: Observer = makeObserver()): Promise<number[]> {
  await forgetDeadWorkers(context, observer.workers)
  const recovered: number[] = []
  const running = await listRunningRuns(context.db)
  const silentMs = observer.runs.look(new Map(running.map((run) => [String(run.runId), run.progressAt])))
  for (const { runId, workerId, hasWorker, progressAt } of running) {
    if (hasWorker && silentMs(String(runId)) < STUCK_MS) continue
    const recover = () => recoverRun(context, runId, hasWorker ? { progressAt, workerId } : { workerId })
    if (await unlessHeld(context, { runId }, recover)) recovered.push(runId)
  }
  for (const runId of await listDueRuns(context.db, DUE_BATCH)) await enqueueRun(context.db, runId)
  for (const bulkReplayId of await listBulkReplaysUnderWay(context.db)) await enqueueBulkReplay(context.db, bulkReplayId)
  await releaseRuns(context)
  for (const loadId of await listForsakenLoads(context.db)) {
    const drop = () =>
      context.db.transaction(async (tx) => {
        await limitLockWaits(tx, LOCK_MS_MAX)
        await dropLoadPlace(tx, loadId)
      })
    await unlessHeld(context, { loadId }, drop)
  }
  return recovered
}

/** A lock alone is not believed: it is held as well by one that hangs. Nor is a time: whoever was stopped for a while has an old one. */
async function forgetDeadWorkers({ db, log, workerId }: Context, silence: Silence): Promise<void> {
  const workers = await listSeenWorkers(db)
  const silentMs = silence.look(new Map(workers.map((worker) => [worker.workerId, worker.seenAt])))
  for (const worker of workers) {
    // Whoever looks lives.
    if (worker.workerId === workerId || (worker.holdsLock && silentMs(worker.workerId) < SILENT_MS)) continue
    if (await forgetWorker(db, worker)) log.warn({ worker: worker.workerId }, 'a worker died')
  }
}

/** What a worker that vanished holds until the server gives it up keeps nothing else waiting; the next turn tries again. */
async function unlessHeld<T>(context: Context, what: object, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!isLockTimeout(error)) throw error
    context.log.warn({ ...what, err: error }, 'what a dead worker left is still held and cannot be taken back yet')
    return null
  }
}

type OnlyIf = { readonly workerId?: string | null; readonly progressAt?: string }

/** With conditions: only where that worker has it, who may have been taken for dead and replaced since, only where it reported last then. */
export async function recoverRun(context: Context, runId: number, onlyIf: OnlyIf = {}): Promise<boolean> {
  const found = await findRun(context.db, runId)
  if (!found || (onlyIf.workerId !== undefined && found.run.workerId !== onlyIf.workerId)) return false
  const { job } = found
  return perform(
    context,
    { name: 'recoverRun', actor: WORKER, request: { runId }, correlationId: found.run.correlationId },
    async (tx) => {
      await limitLockWaits(tx, LOCK_MS_MAX)
      const run = await lockRunning(tx, runId, found.run.attempt, onlyIf.progressAt)
      if (!run) return { result: false, entities: [], audit: null }
      const isSpent = run.attempt - run.attemptsForgiven >= job.retry.attempts
      const failure = TECHNICAL_FAILURES.worker_lost
      const detail = `attempt ${run.attempt} of ${job.retry.attempts}`
      await endAttempt(tx, run, {
        outcome: 'failed',
        failureClass: failure.class,
        failureCode: 'worker_lost',
        failureDetail: detail,
        retryAt: isSpent ? null : context.now(),
      })
      if (isSpent) {
        const none = { new: 0, changed: 0, unchanged: 0, duplicate: 0, rejected: 0, removed: 0 }
        if (!run.isPreview)
          await raiseRouted(
            tx,
            run,
            failureDraft(
              { jobId: run.jobId, job: job.job, systemId: found.systemId, system: job.system.name },
              { failureClass: failure.class, code: 'worker_lost', title: failure.title, detail },
              null,
            ),
          )
        await endRun(
          tx,
          runId,
          'failed',
          {
            outcome: 'failed',
            lines: none,
            members: none,
            sentence: `Failed: ${failure.title}, ${job.retry.attempts} times. Nothing was published.`,
          },
          null,
        )
      } else {
        await delayRun(tx, runId, context.now())
        await enqueueRun(tx, runId)
      }
      return {
        result: true,
        entities: [],
        audit: {
          action: 'run.recovered',
          objectType: 'run',
          objectId: String(runId),
          after: { attempt: run.attempt, status: isSpent ? 'failed' : 'waiting' },
        },
      }
    },
  )
}
