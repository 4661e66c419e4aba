import { raiseRouted } from '../triage/raise-routed.ts'
import { countSentBack, SENT_BACK } from '#db/queries/attempts.ts'
import { dropPlaces } from '#db/queries/loads.ts'
import { enqueueBulkReplay, enqueueNext, enqueueRun } from '#db/queries/queue.ts'
import {
  delayRun,
  endAttempt,
  endRun,
  forgiveAttempts,
  holdsRun,
  listRunArtifacts,
  type Run,
  type RunWithJob,
} from '#db/queries/runs.ts'
import { WORKER } from '#server/domain/actor.ts'
import { failureDraft } from '#server/domain/exception.ts'
import { retryDelayMs, type Failure } from '#server/domain/retry.ts'
import { fileOfSlice, type RunOutcomeSummary, type RunStatus } from '#server/domain/run.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { LostRun } from './lost-run.ts'

/** So often in a row a run is sent back, since what it touches was published or closed meanwhile, before that counts as an attempt. */
const SENT_BACK_MAX = 20

/** An attempt that failed: tried again later when its cause passes by itself, else the end of the run, and an exception. */
export async function endInFailure(
  context: Context,
  { job, systemId }: RunWithJob,
  run: Run,
  failure: Failure,
  isStale: boolean,
): Promise<RunStatus> {
  const isSentBack = isStale && (await countSentBack(context.db, run)) < SENT_BACK_MAX
  const forgiven = run.attemptsForgiven + (isSentBack ? 1 : 0)
  const delay =
    failure.failureClass === 'technical_transient'
      ? retryDelayMs(job.retry, run.attempt - forgiven, failure.retryAfterMs, Math.random())
      : null
  const retryAt = delay === null ? null : new Date(context.now().getTime() + delay)
  const ending = {
    outcome: isSentBack && retryAt ? SENT_BACK : 'failed',
    failureClass: failure.failureClass,
    failureCode: failure.code,
    failureDetail: failure.detail,
    said: failure.said,
    ruleId: failure.ruleId,
    retryAt,
  }
  return perform(
    context,
    { name: 'failRun', actor: WORKER, request: { runId: run.runId }, correlationId: run.correlationId },
    async (tx) => {
      if (!(await holdsRun(tx, run))) throw new LostRun()
      await endAttempt(tx, run, ending)
      const object = { objectType: 'run', objectId: String(run.runId) }
      if (retryAt) {
        if (isSentBack) await forgiveAttempts(tx, run.runId, forgiven)
        await delayRun(tx, run.runId, retryAt)
        await enqueueRun(tx, run.runId, retryAt)
        return {
          result: 'waiting' as const,
          entities: [],
          audit: {
            ...object,
            action: 'run.delayed',
            after: { job: job.job, attempt: run.attempt, code: failure.code, retryAt: retryAt.toISOString() },
          },
        }
      }
      const lines = { new: 0, changed: 0, unchanged: 0, duplicate: 0, rejected: 0, removed: 0 }
      const summary: RunOutcomeSummary = {
        outcome: 'failed',
        lines,
        members: lines,
        sentence: `Failed: ${failure.title}. Nothing was published.`,
      }
      let exceptionId: number | null = null
      if (!run.isPreview) {
        const file = failure.code.startsWith('file_')
          ? ((await listRunArtifacts(tx, run.runId)).map((a) => a.name).at(-1) ?? null)
          : failure.code === 'source_refused'
            ? fileOfSlice(run.slice)
            : null
        const draft = failureDraft({ jobId: run.jobId, job: job.job, systemId, system: job.system.name }, failure, file)
        exceptionId = await raiseRouted(tx, run, { ...draft, ruleId: failure.ruleId })
      }
      await dropPlaces(tx, run.runId)
      await endRun(tx, run.runId, 'failed', summary, null)
      await enqueueNext(tx, run.jobId, run.slice)
      if (run.bulkReplayId !== null) await enqueueBulkReplay(tx, run.bulkReplayId)
      return {
        result: 'failed' as const,
        entities: [],
        audit: {
          ...object,
          action: 'run.failed',
          after: { job: job.job, attempt: run.attempt, code: failure.code, class: failure.failureClass, exceptionId },
        },
      }
    },
  )
}
