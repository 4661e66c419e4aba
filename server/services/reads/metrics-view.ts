import type { Queryable } from '#db/client.ts'
import {
  countByAge,
  countRunsByDay,
  countTouchlessByDay,
  listLateness,
  listRecoveries,
  listTimeToClose,
  type FeedLateness,
  type Recovery,
} from '#db/queries/metrics.ts'
import { AGE_NAMES, type AgeBucket } from '#server/domain/age.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import type { RunOutcome } from '#server/domain/run-kind.ts'
import { EXCEPTION_GROUPS, type ExceptionGroup } from './exceptions-view.ts'

export type DayOfRuns = { readonly day: string } & Readonly<Record<RunOutcome, number>>
export type DayOfPublications = { readonly day: string; readonly touchless: number; readonly touched: number }
export type AgeRow = { readonly group: ExceptionGroup; readonly buckets: Readonly<Record<AgeBucket, number>> }
/** Milliseconds. Medians of two classes are not one, so technical ones are told apart. */
export type ClosedRow = {
  readonly failureClass: FailureClass
  readonly count: number
  readonly medianMs: number | null
  readonly longestMs: number | null
  readonly longestId: number
}

export type MetricsView = {
  readonly from: string
  readonly to: string
  readonly runs: readonly DayOfRuns[]
  readonly publications: readonly DayOfPublications[]
  readonly lateness: readonly FeedLateness[]
  readonly ages: readonly AgeRow[]
  readonly recoveries: readonly Recovery[]
  readonly closed: readonly ClosedRow[]
  readonly computedAt: string
}

export type MetricsRequest = {
  /** Business dates in UTC, both included. */
  readonly from: string
  readonly to: string
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly scope: readonly string[]
}

/** Each figure is a count of rows that a list shows; nothing is kept beside them. */
export async function readMetrics(db: Queryable, { from, to, ...view }: MetricsRequest, now: Date): Promise<MetricsView> {
  const today = now.toISOString().slice(0, 10)
  const ended = { ...view, endedFrom: from, endedTo: to }
  const { entity, scope } = view
  const [runs, publications, lateness, ages, recoveries, closed] = await Promise.all([
    countRunsByDay(db, { ...view, from, to }),
    countTouchlessByDay(db, ended),
    listLateness(db, { entity, from, to, scope }),
    countByAge(db, view, today),
    listRecoveries(db, ended),
    listTimeToClose(db, { ...view, closedFrom: from, closedTo: to }),
  ])
  const days = daysOf(from, to)
  return {
    from,
    to,
    runs: days.map((day) => {
      const of = (...statuses: string[]) =>
        runs.filter((row) => row.day === day && statuses.includes(row.status)).reduce((sum, row) => sum + row.runs, 0)
      return {
        day,
        succeeded: of('succeeded'),
        held: of('held'),
        failed: of('failed'),
        cancelled: of('cancelled'),
        going: of('blocked', 'queued', 'running', 'waiting'),
      }
    }),
    publications: days.map((day) => publications.find((row) => row.day === day) ?? { day, touchless: 0, touched: 0 }),
    lateness,
    ages: (Object.keys(EXCEPTION_GROUPS) as ExceptionGroup[]).map((group) => ({ group, buckets: bucketsOf(ages, group) })),
    recoveries,
    closed,
    computedAt: now.toISOString(),
  }
}

function bucketsOf(
  ages: readonly { failureClass: FailureClass; bucket: AgeBucket; count: number }[],
  group: ExceptionGroup,
): Record<AgeBucket, number> {
  const classes: readonly FailureClass[] = EXCEPTION_GROUPS[group]
  const of = (bucket: AgeBucket) =>
    ages.filter((row) => row.bucket === bucket && classes.includes(row.failureClass)).reduce((sum, { count }) => sum + count, 0)
  return Object.fromEntries(AGE_NAMES.map((name) => [name, of(name)])) as Record<AgeBucket, number>
}

const DAY_MS = 86_400_000

function daysOf(from: string, to: string): string[] {
  const days: string[] = []
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10))
  return days
}
