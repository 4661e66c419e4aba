import { LazyBars, type Series } from '#app/components/bars.tsx'
import { ChartFrame } from '#app/ui/chart-frame.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { AGE_NAMES } from '#server/domain/age.ts'
import { ageFigure } from './figures.ts'
import { CountOf, Metric, type MetricProps } from './metric.tsx'

const GROUP_WORDS = { business: 'Business', technical: 'Technical', control: 'Control', unclassified: 'Unclassified' } as const
const SERIES: readonly Series[] = [
  { key: 'business', label: 'Business', colour: 'attention-mark' },
  { key: 'control', label: 'Control', colour: 'held-mark' },
  { key: 'technical', label: 'Technical', colour: 'broken-mark' },
  { key: 'unclassified', label: 'Unclassified', colour: 'mark' },
]

export function AgeMetric({ view: { ages }, scope }: MetricProps) {
  return (
    <Metric
      definition={
        <>
          Exceptions that are open now, one a cause, by the business days since they were opened: Monday to Friday in UTC, the day
          of opening is 0, public holidays are not left out. The range above does not move them. Classes are never added up.
        </>
      }
    >
      <ChartFrame
        title="Open exceptions by age"
        summary="Open exceptions of each class by their age in business days."
        height={240}
        chart={() => (
          <LazyBars
            unit="causes"
            series={SERIES}
            bars={AGE_NAMES.map((bucket) => ({
              label: `${bucket} d`,
              values: Object.fromEntries(ages.map(({ group, buckets }) => [group, `${buckets[bucket]}`])),
            }))}
          />
        )}
        table={
          <DataTable
            caption="Open exceptions by class and age in business days"
            rows={ages}
            rowKey={({ group }) => group}
            columns={[
              { key: 'class', head: 'Class', fit: true, cell: ({ group }) => GROUP_WORDS[group] },
              ...AGE_NAMES.map((bucket) => ({
                key: bucket,
                head: `${bucket} days`,
                align: 'number' as const,
                cell: (row: (typeof ages)[number]) => <CountOf figure={ageFigure(row, bucket, scope)} />,
              })),
            ]}
            empty={null}
          />
        }
      />
    </Metric>
  )
}
