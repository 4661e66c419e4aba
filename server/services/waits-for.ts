import { listCalendars } from '#db/queries/definitions.ts'
import { listDependencyFacts, type DependencyFacts } from '#db/queries/ticks.ts'
import type { Queryable } from '#db/client.ts'
import { isReady } from '#server/domain/dependencies.ts'
import { dueTimesOf } from '#server/domain/due-times.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { calendarFinder } from '#server/domain/reference.ts'

/** Which of the jobs in `after` are not ready for a run that is due at a time; a job that is not there is not ready. */
export type Waiting = (after: readonly string[], dueAt: Date) => string[]

/** Reads once what is known of these jobs, for any number of runs that wait for them. */
export async function readWaiting(db: Queryable, names: readonly string[]): Promise<Waiting> {
  const wanted = [...new Set(names)]
  if (wanted.length === 0) return () => []
  const [found, calendars] = await Promise.all([listDependencyFacts(db, wanted), listCalendars(db)])
  const calendarOf = calendarFinder(calendars)
  const facts = new Map(found.map((fact) => [fact.name, fact]))
  const newestDue = ({ schedule, inForceSince }: DependencyFacts, at: Date): Date | null =>
    schedule ? (dueTimesOf(schedule, calendarOf).latest(new Date(inForceSince), at, 1)[0] ?? null) : null
  return (after, dueAt) =>
    after.filter((name) => {
      const fact = facts.get(name)
      return !fact || !isReady(dependencyOf(fact, newestDue(fact, dueAt)))
    })
}

/** What a run of the job asked for now must wait for. */
export async function waitsForOf(db: Queryable, { after }: Pick<JobDefinition, 'after'>, now: Date): Promise<string[]> {
  return after.length === 0 ? [] : (await readWaiting(db, after))(after, now)
}

const dependencyOf = (fact: DependencyFacts, dueAt: Date | null) => ({
  name: fact.name,
  newestRun:
    fact.newestStatus === null ? null : { status: fact.newestStatus, trigger: fact.newestTrigger!, at: new Date(fact.newestAt!) },
  isActive: fact.isActive,
  newestTick: fact.tickDueAt === null ? null : { dueAt: new Date(fact.tickDueAt), outcome: fact.tickOutcome! },
  dueAt,
})
