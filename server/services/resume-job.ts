import { listCalendars } from '#db/queries/definitions.ts'
import { listEntitiesOfJob, lockJob, setPausedAt } from '#db/queries/jobs.ts'
import { findJob } from '#db/queries/runs.ts'
import { insertTicks } from '#db/queries/ticks.ts'
import { dueTimesOf } from '#server/domain/due-times.ts'
import { Refusal } from '#server/domain/errors.ts'
import { calendarFinder } from '#server/domain/reference.ts'
import type { Context } from './context.ts'
import type { PauseJob } from './pause-job.ts'
import { perform } from './perform.ts'
import { expectReason } from './reason.ts'

/**
 * Lets the clock of a job go on from now. The newest due time of the pause is noted as paused and stands for all of them:
 * none is made up for. Throws Refusal (job_not_found, reason_missing, job_not_paused).
 */
export async function resumeJob(
  context: Context,
  { job: name, reason, actor, idempotencyKey }: PauseJob,
): Promise<{ job: string; nextDueAt: string | null }> {
  const job = await findJob(context.db, name)
  if (!job) throw new Refusal('job_not_found', name)
  return perform(context, { name: 'resumeJob', actor, reason, idempotencyKey, request: { job: name, reason } }, async (tx) => {
    expectReason(reason)
    const { pausedAt } = await lockJob(tx, job.jobId)
    if (!pausedAt) throw new Refusal('job_not_paused', name)
    const now = context.now()
    await setPausedAt(tx, job.jobId, null)
    const { schedule } = job.definition
    const times = schedule ? dueTimesOf(schedule, calendarFinder(await listCalendars(tx))) : null
    const [passed] = times?.latest(pausedAt, now, 1) ?? []
    if (passed) await insertTicks(tx, [{ jobId: job.jobId, dueAt: passed, outcome: 'paused' }], actor.name, now)
    const nextDueAt = times?.next(now, 1)[0]?.toISOString() ?? null
    return {
      result: { job: name, nextDueAt },
      entities: await listEntitiesOfJob(tx, job.jobId),
      audit: {
        action: 'job.resumed',
        objectType: 'job',
        objectId: name,
        before: { pausedAt: pausedAt.toISOString() },
        after: { pausedAt: null, nextDueAt },
      },
    }
  })
}
