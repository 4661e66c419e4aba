import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readMetrics } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { AgeMetric } from './age-metric.tsx'
import { ClosedMetric, RecoveryMetric } from './durations.tsx'
import { publishedOf, sum } from './figures.ts'
import { LatenessMetric } from './lateness-metric.tsx'
import { RunsMetric } from './runs-metric.tsx'
import { shareOf, TouchlessMetric } from './touchless-metric.tsx'

const DAY_MS = 86_400_000
const DAYS_SHOWN = 28
/** A bar a day: more would be too narrow to be told apart. */
const DAYS_MAX = 184

const Day = z.iso.date('Write a date as 2026-11-21')
const Search = z
  .object({ from: Day.optional(), to: Day.optional() })
  .refine(({ from, to }) => !from || !to || (from <= to && Date.parse(to) - Date.parse(from) < DAYS_MAX * DAY_MS), {
    path: ['from'],
    error: `Choose a first day that is not after the last one, and at most ${DAYS_MAX} days`,
  })

export const loader = guarded('metrics:read', async ({ url, services: { context }, actor, scope }) => {
  const search = readSearch(url, Search)
  const now = context.now()
  const to = search.to ?? dayOf(Math.max(now.getTime(), search.from ? Date.parse(search.from) : 0))
  const from = search.from ?? dayOf(Date.parse(to) - (DAYS_SHOWN - 1) * DAY_MS)
  const { entity, period, version } = scope
  const view = await readMetrics(context.db, { from, to, entity, period, version, scope: actor.entityScope }, now)
  return { view, scope: scopeOf(scope), publication: scope.publication, isPast: scope.isPast }
})

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export const meta: MetaFunction = () => [{ title: 'Metrics · Finance Control Tower' }]

export default function Metrics() {
  const { view, scope, publication, isPast } = useLoaderData<typeof loader>()
  const { from, to, runs, lateness, computedAt } = view
  const given = { view, scope }
  return (
    <>
      <PageHeader title="Metrics" state={stateOf(view)} />
      {isPast && (
        <Notice kind="info" title="Metrics are shown as they stand now">
          Runs, feeds and exceptions are not kept by publication, so the as-of above does not move them.
        </Notice>
      )}
      <FilterBar
        action={paths.metrics()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          { kind: 'date', name: 'from', label: 'From', value: from },
          { kind: 'date', name: 'to', label: 'To', value: to },
        ]}
        end={[7, 28, 91].map((days) => (
          <ButtonLink
            key={days}
            size="small"
            kind="ghost"
            href={paths.metrics({
              ...scope,
              from: dayOf(Date.parse(computedAt) - (days - 1) * DAY_MS),
              to: dayOf(Date.parse(computedAt)),
            })}
          >
            Last {days} days
          </ButtonLink>
        ))}
      />
      <p className="text-ink-2">
        From {from} to {to}, both included; days are in UTC. Each figure is counted from rows when the page is asked for, and
        opens exactly those rows.
      </p>
      <div className="metrics">
        <RunsMetric {...given} />
        <TouchlessMetric {...given} />
        <AgeMetric {...given} />
        <LatenessMetric {...given} />
        <RecoveryMetric {...given} />
        <ClosedMetric {...given} />
      </div>
      <FigureFooter
        asOfPublication={publication || null}
        computedAt={computedAt}
        rows={sum(runs.map(({ succeeded, held, failed, cancelled, going }) => succeeded + held + failed + cancelled + going))}
        rowsAre={`runs, ${counted(lateness.length, 'feed job')}`}
      />
    </>
  )
}

type View = ReturnType<typeof useLoaderData<typeof loader>>['view']

function stateOf(view: View): string {
  const published = publishedOf(view, 'published')
  const touchless = publishedOf(view, 'touchless')
  const late = sum(view.lateness.map((row) => row.late + row.missing))
  const feeds = sum(view.lateness.map(({ arrived, late: l, missing }) => arrived + l + missing))
  const words = [
    published === 0
      ? 'No run published anything in this time.'
      : `${shareOf(touchless, published)} of ${counted(published, 'publication')} needed no person.`,
    feeds > 0 && `${late} of ${counted(feeds, 'feed')} came late or not at all.`,
  ]
  return words.filter(Boolean).join(' ')
}
