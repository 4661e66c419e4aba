import { LazyBars } from '#app/components/bars.tsx'
import { paths } from '#app/paths.ts'
import { ChartFrame } from '#app/ui/chart-frame.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { BusinessDate } from '#app/ui/time.tsx'
import { dayRange, publishedFigure, publishedOf } from './figures.ts'
import { CountOf, Metric, type MetricProps } from './metric.tsx'

const PER_MILLE = 1000

/** '62.5%', from whole numbers. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return 'n/a'
  const perMille = Math.round((part * PER_MILLE) / whole)
  return `${Math.trunc(perMille / 10)}.${perMille % 10}%`
}

export function TouchlessMetric({ view, scope }: MetricProps) {
  const [published, touchless, touched] = [
    publishedOf(view, 'published'),
    publishedOf(view, 'touchless'),
    publishedOf(view, 'touched'),
  ]
  const busy = view.publications.filter((day) => day.touchless + day.touched > 0)
  return (
    <Metric
      definition={
        <>
          <strong>{shareOf(touchless, published)}</strong>:{' '}
          <CountOf figure={publishedFigure('touchless', touchless, view, scope)} /> of{' '}
          <CountOf figure={publishedFigure('published', published, view, scope)} /> runs that published and ended in this time
          needed no person: the clock or a file that came began them and their first attempt got through. The other{' '}
          <CountOf figure={publishedFigure('touched', touched, view, scope)} /> were begun by hand, replayed, restarted or needed
          another attempt. Rollbacks are not counted.
        </>
      }
    >
      <ChartFrame
        title="Touchless publications"
        summary="Runs that published, by the day they ended: without a person, and with one."
        height={240}
        chart={() => (
          <LazyBars
            unit="runs that published"
            series={[
              { key: 'touchless', label: 'By themselves', colour: 'mark-soft', stack: 'runs' },
              { key: 'touched', label: 'With help', colour: 'attention-mark', stack: 'runs' },
            ]}
            bars={view.publications.map((day) => ({
              label: day.day.slice(5),
              href: paths.runs({ entity: scope.entity, is: 'published', endedFrom: day.day, endedTo: day.day }),
              values: { touchless: `${day.touchless}`, touched: `${day.touched}` },
            }))}
          />
        )}
        table={
          <DataTable
            caption="Runs that published by day; days without one are left out"
            rows={[...busy].reverse()}
            rowKey={({ day }) => day}
            columns={[
              { key: 'day', head: 'Day', fit: true, cell: ({ day }) => <BusinessDate on={day} /> },
              {
                key: 'touchless',
                head: 'By themselves',
                align: 'number',
                cell: (day) => <CountOf figure={publishedFigure('touchless', day.touchless, dayRange(day.day), scope)} />,
              },
              {
                key: 'touched',
                head: 'With help',
                align: 'number',
                cell: (day) => <CountOf figure={publishedFigure('touched', day.touched, dayRange(day.day), scope)} />,
              },
              {
                key: 'share',
                head: 'Share',
                align: 'number',
                cell: (day) => shareOf(day.touchless, day.touchless + day.touched),
              },
            ]}
            empty={<p className="px-2 py-3 text-ink-3">Nothing was published in this time.</p>}
          />
        }
      />
    </Metric>
  )
}
