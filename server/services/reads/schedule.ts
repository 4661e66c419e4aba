import type { Queryable } from '#db/client.ts'
import { listCalendars } from '#db/queries/definitions.ts'
import { listJobs } from '#db/queries/runs.ts'
import { countFeeds, type FeedsFilter } from '#db/queries/feed-figures.ts'
import { listBlockedRows, listFeedRows, type BlockedRow, type FeedRow, type WaitsForRow } from '#db/queries/schedule-screens.ts'
import type { CalendarDefinition } from '#server/domain/calendar.ts'
import { dueTimesOf, wallTime } from '#server/domain/due-times.ts'
import { calendarFinder, MONTHS } from '#server/domain/reference.ts'
import type { DueRule, FeedState, Schedule } from '#server/domain/schedule.ts'
import { ruleProblems } from '../clock-problems.ts'

export type { BlockedRow, FeedRow, FeedsFilter, WaitsForRow }

/** An instant, and what the wall of the rule's zone shows then: '2026-03-29 03:00'. */
export type DueTime = { readonly at: string; readonly wall: string; readonly timeZone: string }

/** The next `count` due times of a rule after an instant; none where it is never due or cannot be read. */
export function nextDueTimes(
  rule: DueRule,
  calendarOf: (code: string) => CalendarDefinition | null,
  after: Date,
  count: number,
): DueTime[] {
  try {
    const times = dueTimesOf(rule, calendarOf)
    const { timeZone } = times
    return times.next(after, count).map((at) => ({ at: at.toISOString(), wall: wallTime(at, timeZone), timeZone }))
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}

/** When each job that is not paused is due next. Jobs that nothing starts by itself are left out. */
export async function readNextDue(db: Queryable, now: Date): Promise<ReadonlyMap<string, DueTime>> {
  const [jobs, calendars] = await Promise.all([listJobs(db), listCalendars(db)])
  const calendarOf = calendarFinder(calendars)
  const due = new Map<string, DueTime>()
  for (const { name, definition, pausedAt } of jobs) {
    const [next] = definition.schedule && !pausedAt ? nextDueTimes(definition.schedule, calendarOf, now, 1) : []
    if (next) due.set(name, next)
  }
  return due
}

export type SchedulePreview = { readonly dueTimes: readonly DueTime[]; readonly problems: readonly string[] }
export type ScheduleDialog = SchedulePreview & { readonly calendars: readonly string[] }

/** What the dialog of a schedule shows: the choices there are, and what is entered would mean. */
export async function readScheduleDialog(db: Queryable, schedule: Schedule | null, now: Date): Promise<ScheduleDialog> {
  const calendars = await listCalendars(db)
  const codes = [...new Set([MONTHS.calendar, ...calendars.map(({ calendar }) => calendar)])].sort()
  const preview = schedule ? await previewSchedule(db, schedule, now) : { dueTimes: [], problems: [] }
  return { ...preview, calendars: codes }
}

const PREVIEW_TIMES = 10

/** What a schedule would mean from now on, before anybody decides for it. */
export async function previewSchedule(db: Queryable, schedule: Schedule, now: Date): Promise<SchedulePreview> {
  const calendarOf = calendarFinder(await listCalendars(db))
  return {
    dueTimes: nextDueTimes(schedule, calendarOf, now, PREVIEW_TIMES),
    problems: ruleProblems('schedule', schedule, calendarOf, now),
  }
}

export type FeedsView = {
  readonly rows: readonly FeedRow[]
  /** Of all states, with the other filters as they are: each opens its list. */
  readonly counts: Readonly<Record<FeedState, number>>
  readonly choices: {
    readonly jobs: readonly { readonly name: string; readonly title: string }[]
    readonly owners: readonly string[]
  }
  readonly isCut: boolean
  readonly computedAt: string
}

const FEEDS_MAX = 200

/** What is expected, has come, came late or is missing. */
export async function readFeeds(db: Queryable, filter: FeedsFilter, now: Date): Promise<FeedsView> {
  const { state: _, ...others } = filter
  const [rows, counts, jobs] = await Promise.all([listFeedRows(db, filter, FEEDS_MAX + 1), countFeeds(db, others), listJobs(db)])
  const expecting = jobs.filter(({ definition }) => definition.expected)
  return {
    rows: rows.slice(0, FEEDS_MAX),
    counts,
    choices: {
      jobs: expecting.map(({ name, definition }) => ({ name, title: definition.title })),
      owners: [...new Set(expecting.map(({ definition }) => definition.expected?.owner ?? definition.owner))].sort(),
    },
    isCut: rows.length > FEEDS_MAX,
    computedAt: now.toISOString(),
  }
}

/** What a run waits for; null when it is not blocked. */
export async function readBlockage(db: Queryable, runId: number, scope: readonly string[]): Promise<BlockedRow | null> {
  const [row] = await listBlockedRows(db, scope, { runId, limit: 1 })
  return row ?? null
}
