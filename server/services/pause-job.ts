import { listEntitiesOfJob, lockJob, setPausedAt } from '#db/queries/jobs.ts'
import { findJob } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { expectReason } from './reason.ts'

export type PauseJob = {
  readonly job: string
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Stops the clock of a job: what becomes due starts nothing and is not made up for later. Runs that are under way go on, and
 * a person may still run it. What is expected of it stays expected. Throws Refusal (job_not_found, reason_missing, job_paused,
 * outside_entity_scope where its runs touched other entities).
 */
export async function pauseJob(
  context: Context,
  { job: name, reason, actor, idempotencyKey }: PauseJob,
): Promise<{ job: string; pausedAt: string }> {
  const job = await findJob(context.db, name)
  if (!job) throw new Refusal('job_not_found', name)
  return perform(context, { name: 'pauseJob', actor, reason, idempotencyKey, request: { job: name, reason } }, async (tx) => {
    expectReason(reason)
    const { pausedAt } = await lockJob(tx, job.jobId)
    if (pausedAt) throw new Refusal('job_paused', `since ${pausedAt.toISOString()}`)
    const now = context.now()
    await setPausedAt(tx, job.jobId, now)
    return {
      result: { job: name, pausedAt: now.toISOString() },
      entities: await listEntitiesOfJob(tx, job.jobId),
      audit: {
        action: 'job.paused',
        objectType: 'job',
        objectId: name,
        before: { pausedAt: null },
        after: { pausedAt: now.toISOString() },
      },
    }
  })
}
