import { LazyBars, type Series } from '#app/components/bars.tsx'
import { paths } from '#app/paths.ts'
import { ChartFrame } from '#app/ui/chart-frame.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Duration } from '#app/ui/time.tsx'
import { FEED_OUTCOMES, feedFigure } from './figures.ts'
import { CountOf, Metric, type MetricProps } from './metric.tsx'

const WORDS = { arrived: 'In time', late: 'Late', missing: 'Missing', expected: 'Expected' } as const
const SERIES: readonly Series[] = [
  { key: 'arrived', label: 'In time', colour: 'mark-soft', stack: 'feeds' },
  { key: 'late', label: 'Late', colour: 'attention-mark', stack: 'feeds' },
  { key: 'missing', label: 'Missing', colour: 'broken-mark', stack: 'feeds' },
]
/** More bars than this cannot be read; the table has them all. */
const BARS_MAX = 12

export function LatenessMetric({ view, scope }: MetricProps) {
  const { lateness } = view
  return (
    <Metric
      definition={
        <>
          A feed is one time by which a job says its data must be there; it counts on that day. In time: published by then. Late:
          published afterwards, by how long. Missing: not published yet.
        </>
      }
    >
      <ChartFrame
        title="Lateness of feeds"
        summary="Feeds of each job: in time, late and missing; the latest jobs first."
        height={240}
        chart={() => (
          <LazyBars
            unit="feeds"
            series={SERIES}
            bars={lateness.slice(0, BARS_MAX).map(({ job, arrived, late, missing }) => ({
              label: job,
              href: paths.feeds({ entity: scope.entity, job, from: view.from, to: view.to }),
              values: { arrived: `${arrived}`, late: `${late}`, missing: `${missing}` },
            }))}
          />
        )}
        table={
          <DataTable
            caption="Feeds by job and what became of them"
            rows={lateness}
            rowKey={({ job }) => job}
            columns={[
              {
                key: 'job',
                head: 'Job',
                cell: ({ job, title }) => (
                  <Link href={paths.job(job)} className="link-quiet mono" title={title}>
                    {job}
                  </Link>
                ),
              },
              ...FEED_OUTCOMES.map((state) => ({
                key: state,
                head: WORDS[state],
                align: 'number' as const,
                cell: (row: (typeof lateness)[number]) => (
                  <CountOf figure={feedFigure(row.job, state, row[state], view, scope)} />
                ),
              })),
              { key: 'median', head: 'Median late', align: 'number', cell: ({ medianLateMs }) => <Duration ms={medianLateMs} /> },
              {
                key: 'longest',
                head: 'Longest',
                align: 'number',
                cell: ({ longestLateMs }) => <Duration ms={longestLateMs} />,
              },
            ]}
            empty={<p className="px-2 py-3 text-ink-3">No feed was expected in this time.</p>}
          />
        }
      />
    </Metric>
  )
}
