import { LazyBars, type Series } from '#app/components/bars.tsx'
import { paths } from '#app/paths.ts'
import { ChartFrame } from '#app/ui/chart-frame.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { BusinessDate } from '#app/ui/time.tsx'
import { RUN_OUTCOMES, type RunOutcome } from '#server/domain/run-kind.ts'
import { dayRange, runsFigure, sum } from './figures.ts'
import { CountOf, Metric, type MetricProps } from './metric.tsx'

const WORDS: Record<RunOutcome, string> = {
  succeeded: 'Succeeded',
  held: 'Held',
  failed: 'Failed',
  cancelled: 'Cancelled',
  going: 'Not ended',
}
const SERIES: readonly Series[] = [
  { key: 'succeeded', label: 'Succeeded', colour: 'mark-soft', stack: 'runs' },
  { key: 'held', label: 'Held', colour: 'held-mark', stack: 'runs' },
  { key: 'failed', label: 'Failed', colour: 'broken-mark', stack: 'runs' },
  { key: 'cancelled', label: 'Cancelled or not ended', colour: 'mark', stack: 'runs' },
]

export function RunsMetric({ view, scope }: MetricProps) {
  const busy = view.runs.filter((day) => sum(RUN_OUTCOMES.map((outcome) => day[outcome])) > 0)
  return (
    <Metric
      definition={
        <>
          A run counts on the day it was asked for, once, whatever its attempts. Rehearsals are not counted. Of these:{' '}
          {RUN_OUTCOMES.map((outcome, i) => (
            <span key={outcome}>
              {i > 0 && ', '}
              {WORDS[outcome].toLowerCase()}{' '}
              <CountOf figure={runsFigure(outcome, sum(view.runs.map((day) => day[outcome])), view, scope)} />
            </span>
          ))}
          .
        </>
      }
    >
      <ChartFrame
        title="Runs a day"
        summary="Runs by the day they were asked for, by what became of them."
        height={240}
        chart={() => (
          <LazyBars
            unit="runs"
            series={SERIES}
            bars={view.runs.map(({ day, succeeded, held, failed, cancelled, going }) => ({
              label: day.slice(5),
              href: paths.runs({ entity: scope.entity, from: day, to: day }),
              values: {
                succeeded: `${succeeded}`,
                held: `${held}`,
                failed: `${failed}`,
                cancelled: `${cancelled + going}`,
              },
            }))}
          />
        )}
        table={
          <DataTable
            caption="Runs by day and outcome; days without a run are left out"
            rows={[...busy].reverse()}
            rowKey={({ day }) => day}
            columns={[
              { key: 'day', head: 'Day', fit: true, cell: ({ day }) => <BusinessDate on={day} /> },
              ...RUN_OUTCOMES.map((outcome) => ({
                key: outcome,
                head: WORDS[outcome],
                align: 'number' as const,
                cell: (day: (typeof busy)[number]) => (
                  <CountOf figure={runsFigure(outcome, day[outcome], dayRange(day.day), scope)} />
                ),
              })),
            ]}
            empty={<p className="px-2 py-3 text-ink-3">No run was asked for in this time.</p>}
          />
        }
      />
    </Metric>
  )
}
