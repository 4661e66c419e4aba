import { enqueueRun } from '#db/queries/queue.ts'
import { findJob, insertRun } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { RunTrigger } from '#server/domain/run.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { waitsForOf } from './waits-for.ts'

export type StartRun = {
  readonly job: string
  readonly actor: Actor
  readonly trigger?: RunTrigger
  /** What to cover; everything by default. `file:NAME` is one file of a watched folder. */
  readonly slice?: string
  readonly idempotencyKey?: string | undefined
}

/** Queues a run that asks the source; where the jobs it comes after are not ready it waits for them first. Throws Refusal (job_not_found, source_needs_file). */
export async function startRun(
  context: Context,
  { job: jobName, actor, trigger = 'manual', slice = '*', idempotencyKey }: StartRun,
): Promise<{ runId: number }> {
  const job = await findJob(context.db, jobName)
  if (!job) throw new Refusal('job_not_found', jobName)
  if (job.definition.source.type === 'file') throw new Refusal('source_needs_file', `tower load FILE --job ${jobName}`)
  return perform(
    context,
    { name: 'startRun', actor, idempotencyKey, request: { job: jobName, slice, trigger } },
    async (tx, correlationId) => {
      const waitsFor = await waitsForOf(tx, job.definition, context.now())
      const { runId } = await insertRun(tx, {
        entityScope: [...actor.entityScope],
        jobId: job.jobId,
        jobVersion: job.version,
        trigger,
        status: waitsFor.length > 0 ? 'blocked' : 'queued',
        waitsFor,
        requestedBy: actor.name,
        correlationId,
        slice,
      })
      if (waitsFor.length === 0) await enqueueRun(tx, runId)
      const after = { job: jobName, slice, trigger, waitsFor }
      return {
        result: { runId },
        entities: [],
        audit: { action: 'run.started', objectType: 'run', objectId: String(runId), after },
      }
    },
  )
}
