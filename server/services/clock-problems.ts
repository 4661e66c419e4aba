import { listCalendars } from '#db/queries/definitions.ts'
import { listJobs } from '#db/queries/runs.ts'
import type { Queryable } from '#db/client.ts'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import { circleThrough } from '#server/domain/dependencies.ts'
import { dueTimesOf } from '#server/domain/due-times.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { calendarFinder } from '#server/domain/reference.ts'
import type { DueRule } from '#server/domain/schedule.ts'
import { problemWithHolidays } from '#server/domain/holidays.ts'

/** What is wrong with when these definitions are due and in which order, beside those that are there already. One sentence each. */
export async function clockProblems(
  db: Queryable,
  definitions: readonly (JobDefinition | CalendarDefinition)[],
  now: Date,
): Promise<string[]> {
  const [knownCalendars, knownJobs] = await Promise.all([listCalendars(db), listJobs(db)])
  const calendars = definitions.filter((definition) => definition.kind === 'calendar')
  const jobs = definitions.filter((definition) => definition.kind === 'job')
  const calendarOf = calendarFinder([...knownCalendars, ...calendars])
  const after = new Map([
    ...knownJobs.map(({ name, definition }) => [name, definition.after ?? []] as const),
    ...jobs.map((job) => [job.job, job.after] as const),
  ])
  return [
    ...calendars.flatMap((calendar) => problemWithHolidays(calendar) ?? []),
    ...jobs.flatMap((job) => [
      ...ruleProblems('schedule', job.schedule, calendarOf, now),
      ...ruleProblems('expected', job.expected, calendarOf, now),
      ...(job.schedule && job.source.type === 'file'
        ? [
            `schedule: ${job.job} reads files that people load, so nothing can start it by itself; say in expected when its file is due`,
          ]
        : []),
      ...orderProblems(job, after),
    ]),
  ]
}

/** A rule that cannot be read, or that is never due from now on. */
export function ruleProblems(
  name: string,
  rule: DueRule | undefined,
  calendarOf: (code: string) => CalendarDefinition | null,
  now: Date,
): string[] {
  if (!rule) return []
  try {
    return dueTimesOf(rule, calendarOf).next(now, 1).length > 0 ? [] : [`${name}: it is never due`]
  } catch (error) {
    if (error instanceof RangeError) return [`${name}: ${error.message}`]
    throw error
  }
}

function orderProblems({ job, after }: JobDefinition, all: ReadonlyMap<string, readonly string[]>): string[] {
  const unknown = after.filter((name) => !all.has(name)).map((name) => `after: there is no job ${name}, which ${job} waits for`)
  const circle = circleThrough(job, all)
  return circle ? [...unknown, `after: these jobs would wait for each other for ever: ${circle.join(' waits for ')}`] : unknown
}
