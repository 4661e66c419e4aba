import { SpanStatusCode } from '@opentelemetry/api'
import { databaseFailure, isDatabaseAway, isUniqueViolation } from '#db/failures.ts'
import { StaleDiff } from '#db/load/publish.ts'
import { lockCancelled } from '#db/queries/attempts.ts'
import { clearAttempt } from '#db/queries/loads.ts'
import { enqueueRun } from '#db/queries/queue.ts'
import { claimRun, delayRun, endAttempt, forgiveAttempts, holdsRun, type Run, type RunWithJob } from '#db/queries/runs.ts'
import { WORKER } from '#server/domain/actor.ts'
import { failureOf } from '#server/domain/retry.ts'
import type { RunStatus, StageName } from '#server/domain/run.ts'
import { tracedAs } from '#server/platform/traced.ts'
import type { Context } from './context.ts'
import { noteAttempt } from './instruments.ts'
import { carryOut } from './load/carry-out.ts'
import { endInFailure } from './load/end-in-failure.ts'
import { nameByRules } from './triage/name-by-rules.ts'
import { LostRun } from './load/lost-run.ts'
import { Watch } from './load/watch.ts'
import { onceAnswered } from './once-answered.ts'
import { perform } from './perform.ts'
import { recoverRun } from './recover-runs.ts'
import { releaseRuns } from './release-runs.ts'

/**
 * Takes a run that is due through its stages to exactly one outcome. Returns the status it left the run in, or null when
 * the run was not there to take (another worker has it, or another run of the job is active).
 * Safe to call again at any point: what a killed attempt left is undone first, and nothing is visible before publish.
 */
export async function executeRun(context: Context, runId: number, stop?: AbortSignal): Promise<RunStatus | null> {
  const { workerId } = context
  if (!workerId) throw new Error('this process is not a worker')
  const found = await claimRun(context.db, runId, workerId).catch(async (error: unknown) => {
    // runs_one_active: another run of the job and slice was claimed in the same moment.
    if (isUniqueViolation(error)) return null
    // Only the answer may have been lost: then it is ours, and nobody is at it.
    if (isDatabaseAway(error)) await onceAnswered(() => recoverRun(context, runId, { workerId }), stop)
    throw error
  })
  if (!found) return null
  const claimed = found.run
  return tracedAs(claimed.correlationId, 'run', factsOf(claimed, found), async (span) => {
    const log = context.log.child({
      runId,
      job: found.job.job,
      attempt: claimed.attempt,
      correlationId: claimed.correlationId,
    })
    const begun = performance.now()
    const status = await attempt({ ...context, log }, found, claimed, stop)
    span.setAttribute('tower.outcome', status ?? 'let go')
    if (status === 'failed' || status === 'waiting') span.setStatus({ code: SpanStatusCode.ERROR })
    noteAttempt(found.job.job, claimed.trigger, status, performance.now() - begun)
    return status
  })
}

/** What every span of an attempt carries. */
const factsOf = (run: Run, { job }: RunWithJob) => ({
  'tower.run': run.runId,
  'tower.attempt': run.attempt,
  'tower.job': job.job,
  'tower.trigger': run.trigger,
  'tower.preview': run.isPreview,
  ...(run.scheduledFor && { 'tower.due': run.scheduledFor.toISOString() }),
  'tower.correlation_id': run.correlationId,
})

async function attempt(context: Context, found: RunWithJob, claimed: Run, stop?: AbortSignal): Promise<RunStatus | null> {
  const { log } = context
  log.info('run started')
  const watch = new Watch(context, claimed, stop)
  let stage: StageName = 'extract'
  try {
    const status = await carryOut(context, found, watch, (next) => (stage = next))
    log.info({ status }, 'run ended')
    return status
  } catch (error) {
    if (error instanceof LostRun || watch.isLost) return letGo(context, claimed)
    if (stop?.aborted) return await handBack(context, claimed)
    const failure = await nameByRules(context, found.systemId, failureOf(error, databaseFailure))
    log.warn(
      { stage, code: failure.code, detail: failure.detail, error: failure.failureClass === 'unclassified' ? error : undefined },
      'attempt failed',
    )
    return await onceAnswered(() => endInFailure(context, found, claimed, failure, error instanceof StaleDiff), stop).catch(
      (again: unknown) => {
        if (again instanceof LostRun) return letGo(context, claimed)
        throw again
      },
    )
  } finally {
    watch.end()
    if (!stop?.aborted) await letOthersGo(context, found)
  }
}

/** Runs of other jobs may have waited for this one. Whoever is not let go here is by the recovery, seconds later. */
async function letOthersGo(context: Context, { run, job }: RunWithJob): Promise<void> {
  if (run.isPreview) return
  await releaseRuns(context, job.job).catch((error: unknown) =>
    context.log.warn({ err: error }, 'blocked runs were not looked at'),
  )
}

/** The worker is stopping: the run goes back into the queue for another. */
async function handBack(context: Context, run: Run): Promise<RunStatus> {
  return perform(
    context,
    { name: 'recoverRun', actor: WORKER, request: { runId: run.runId }, correlationId: run.correlationId },
    async (tx) => {
      if (!(await holdsRun(tx, run))) throw new LostRun()
      await endAttempt(tx, run, { outcome: 'handed back' })
      await forgiveAttempts(tx, run.runId, run.attemptsForgiven + 1)
      await delayRun(tx, run.runId, context.now())
      await enqueueRun(tx, run.runId)
      return {
        result: 'waiting' as const,
        entities: [],
        audit: { action: 'run.handed_back', objectType: 'run', objectId: String(run.runId), after: { attempt: run.attempt } },
      }
    },
  )
}

/** Cancelled: what the attempt made is undone, before anybody restarts it. Taken over: it belongs to another worker now and is left alone. */
async function letGo({ db, log }: Context, run: Run): Promise<null> {
  const isCancelled = await db.transaction(async (tx) => {
    const isOurs = await lockCancelled(tx, run)
    if (isOurs) await clearAttempt(tx, run.runId)
    return isOurs
  })
  log.warn({ isCancelled }, 'run was cancelled or taken over')
  return null
}
