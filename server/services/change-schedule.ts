import { listCalendars, saveJob } from '#db/queries/definitions.ts'
import { listEntitiesOfJob, lockJob } from '#db/queries/jobs.ts'
import { findJob } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { dueTimesOf } from '#server/domain/due-times.ts'
import { Refusal } from '#server/domain/errors.ts'
import { JobDefinition } from '#server/domain/job.ts'
import { calendarFinder } from '#server/domain/reference.ts'
import type { Schedule } from '#server/domain/schedule.ts'
import { canonicalJson, requestHash } from '#server/platform/hash.ts'
import { ruleProblems } from './clock-problems.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { expectReason } from './reason.ts'

export type ChangeSchedule = {
  readonly job: string
  /** Null: it no longer runs by itself. */
  readonly schedule: Schedule | null
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * The next version of a job, with another schedule; it counts from now on. The same schedule again makes no version. Throws
 * Refusal (job_not_found, reason_missing, source_needs_file, schedule_invalid).
 */
export async function changeSchedule(
  context: Context,
  { job: name, schedule, reason, actor, idempotencyKey }: ChangeSchedule,
): Promise<{ job: string; version: number; nextDueAt: string | null }> {
  if (!(await findJob(context.db, name))) throw new Refusal('job_not_found', name)
  const request = { job: name, schedule, reason }
  return perform(context, { name: 'changeSchedule', actor, reason, idempotencyKey, request }, async (tx) => {
    expectReason(reason)
    const { jobId } = (await findJob(tx, name))!
    await lockJob(tx, jobId)
    const { systemId, version, definition } = (await findJob(tx, name))!
    if (definition.source.type === 'file') throw new Refusal('source_needs_file', 'a schedule cannot start it')
    const now = context.now()
    const calendarOf = calendarFinder(await listCalendars(tx))
    const problems = ruleProblems('schedule', schedule ?? undefined, calendarOf, now)
    if (problems.length > 0) throw new Refusal('schedule_invalid', problems.join('; '))
    const nextDueAt = schedule ? (dueTimesOf(schedule, calendarOf).next(now, 1)[0]?.toISOString() ?? null) : null
    const { schedule: before, ...rest } = definition
    if (canonicalJson(before ?? null) === canonicalJson(schedule))
      return { result: { job: name, version, nextDueAt }, entities: [], audit: null }
    const changed = JobDefinition.parse({ ...rest, ...(schedule && { schedule }) })
    const next = version + 1
    const hash = requestHash(changed)
    await saveJob(tx, { definition: changed, systemId, version: next, hash, actor: actor.name, jobId, at: now })
    return {
      result: { job: name, version: next, nextDueAt },
      entities: await listEntitiesOfJob(tx, jobId),
      audit: {
        action: 'job.schedule_changed',
        objectType: 'job',
        objectId: name,
        before: { version, schedule: before ?? null },
        after: { version: next, schedule, nextDueAt },
      },
    }
  })
}
