import type { ListName, OpenFigure } from '#app/components/open-figure.tsx'
import { paths, type Scope } from '#app/paths.ts'
import type { AgeRow, ClosedRow, MetricsView } from '#app/.server/reads.ts'
import type { AgeBucket } from '#server/domain/age.ts'
import { RUN_OUTCOMES, type RunOutcome } from '#server/domain/run-kind.ts'

type Range = { readonly from: string; readonly to: string }
export type FeedOutcome = 'arrived' | 'late' | 'missing' | 'expected'

/** Every figure of the metrics and the list it opens: of now, whatever publication is looked at. */
export function metricsFigures(view: MetricsView, scope: Scope): OpenFigure[] {
  const { runs, publications, ages, closed, recoveries, lateness } = view
  return [
    ...RUN_OUTCOMES.map((outcome) => runsFigure(outcome, sum(runs.map((day) => day[outcome])), view, scope)),
    ...runs.flatMap((day) => RUN_OUTCOMES.map((outcome) => runsFigure(outcome, day[outcome], dayRange(day.day), scope))),
    ...TOUCHES.flatMap((is) => publishedFigure(is, publishedOf(view, is), view, scope)),
    ...publications.flatMap(({ day, touchless, touched }) => [
      publishedFigure('touchless', touchless, dayRange(day), scope),
      publishedFigure('touched', touched, dayRange(day), scope),
    ]),
    ...ages.flatMap((row) => (Object.keys(row.buckets) as AgeBucket[]).map((bucket) => ageFigure(row, bucket, scope))),
    ...closedGroups(closed).map(({ group, count }) => closedFigure(group, count, view, scope)),
    ...recoveries.map(({ job, count }) => recoveryFigure(job, count, view, scope)),
    ...lateness.flatMap((row) => FEED_OUTCOMES.map((state) => feedFigure(row.job, state, row[state], view, scope))),
  ]
}

const TOUCHES = ['published', 'touchless', 'touched'] as const
export const FEED_OUTCOMES = ['arrived', 'late', 'missing', 'expected'] as const satisfies readonly FeedOutcome[]

export const dayRange = (day: string): Range => ({ from: day, to: day })

export function runsFigure(outcome: RunOutcome, n: number, { from, to }: Range, scope: Scope): OpenFigure {
  const which = outcome === 'going' ? { is: 'going' } : { status: outcome }
  return rows(`runs ${outcome} ${from} ${to}`, n, 'runs', paths.runs({ ...ofNow(scope), ...which, from, to }))
}

export function publishedFigure(is: (typeof TOUCHES)[number], n: number, { from, to }: Range, scope: Scope): OpenFigure {
  return rows(`${is} ${from} ${to}`, n, 'runs', paths.runs({ ...ofNow(scope), is, endedFrom: from, endedTo: to }))
}

export function publishedOf({ publications }: Pick<MetricsView, 'publications'>, is: (typeof TOUCHES)[number]): number {
  if (is === 'published') return sum(publications.map(({ touchless, touched }) => touchless + touched))
  return sum(publications.map((day) => day[is]))
}

export const ageFigure = ({ group, buckets }: AgeRow, age: AgeBucket, scope: Scope): OpenFigure =>
  rows(`${group} ${age}`, buckets[age], 'exceptions', paths.exceptions({ ...ofNow(scope), class: group, age }))

export const closedFigure = (group: AgeRow['group'], n: number, { from, to }: Range, scope: Scope): OpenFigure =>
  rows(
    `closed ${group}`,
    n,
    'exceptions',
    paths.exceptions({ ...ofNow(scope), class: group, state: 'closed', closedFrom: from, closedTo: to }),
  )

export const recoveryFigure = (job: string, n: number, { from, to }: Range, scope: Scope): OpenFigure =>
  rows(`recoveries ${job}`, n, 'runs', paths.runs({ ...ofNow(scope), job, is: 'recovery', endedFrom: from, endedTo: to }))

export const feedFigure = (job: string, state: FeedOutcome, n: number, { from, to }: Range, { entity }: Scope): OpenFigure =>
  rows(`feeds ${job} ${state}`, n, 'feeds', paths.feeds({ entity, job, state, from, to }))

const GROUP_OF: Record<ClosedRow['failureClass'], AgeRow['group']> = {
  business: 'business',
  control: 'control',
  technical_permanent: 'technical',
  technical_transient: 'technical',
  unclassified: 'unclassified',
}

/** One row a list: the two classes of technical exceptions are one list. */
export function closedGroups(closed: readonly ClosedRow[]): { group: AgeRow['group']; count: number; rows: ClosedRow[] }[] {
  return (['business', 'control', 'technical', 'unclassified'] as const).flatMap((group) => {
    const of = closed.filter(({ failureClass }) => GROUP_OF[failureClass] === group)
    return of.length === 0 ? [] : [{ group, count: sum(of.map(({ count }) => count)), rows: of }]
  })
}

export const sum = (counts: readonly number[]): number => counts.reduce((so, n) => so + n, 0)

const ofNow = ({ entity, period, version }: Scope): Scope => ({ entity, period, version })

const rows = (key: string, n: number, list: ListName, href: string): OpenFigure => ({
  key,
  value: `${n}`,
  href,
  opens: { list, measure: 'rows' },
})
