import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Duration } from '#app/ui/time.tsx'
import { closedFigure, closedGroups, recoveryFigure } from './figures.ts'
import { CountOf, Metric, type MetricProps } from './metric.tsx'

export function RecoveryMetric({ view, scope }: MetricProps) {
  return (
    <Metric
      definition={
        <>
          A recovery is the first success of a job after one or more of its runs were held or failed. It took from the end of the
          first of those to the end of the success, which ended in this time. Failures that nothing has followed yet are not in
          it: they are the runs to mend.
        </>
      }
    >
      <Section title="Recovery time" note="From the first failure to the next success, by job, the longest first">
        <DataTable
          caption="Recoveries by job"
          rows={view.recoveries}
          rowKey={({ job }) => job}
          columns={[
            { key: 'job', head: 'Job', cell: ({ job }) => <span className="mono">{job}</span> },
            {
              key: 'count',
              head: 'Recoveries',
              align: 'number',
              cell: ({ job, count }) => <CountOf figure={recoveryFigure(job, count, view, scope)} />,
            },
            { key: 'median', head: 'Median', align: 'number', cell: ({ medianMs }) => <Duration ms={medianMs} /> },
            {
              key: 'longest',
              head: 'Longest',
              align: 'number',
              cell: ({ longestMs, longestRunId }) => (
                <Link href={paths.run(longestRunId)} className="link-quiet" title={`Run ${longestRunId} ended it`}>
                  <Duration ms={longestMs} />
                </Link>
              ),
            },
          ]}
          empty={<p className="px-2 py-3 text-ink-3">No run ended a failure in this time.</p>}
        />
      </Section>
    </Metric>
  )
}

export function ClosedMetric({ view, scope }: MetricProps) {
  const rows = closedGroups(view.closed).flatMap(({ group, count, rows: ofGroup }) =>
    ofGroup.map((row, i) => ({ ...row, group, inList: i === 0 ? count : null })),
  )
  return (
    <Metric
      definition={
        <>
          Exceptions that closed in this time, from when they were opened to when the control that opened them passed again:
          calendar time, nights and weekends included. The list of technical ones holds the transient and the permanent.
        </>
      }
    >
      <Section title="Time to close a cause" note="By class">
        <DataTable
          caption="Closed exceptions by class"
          rows={rows}
          rowKey={({ failureClass }) => failureClass}
          columns={[
            { key: 'class', head: 'Class', cell: ({ failureClass }) => <FailureClassBadge failureClass={failureClass} /> },
            { key: 'count', head: 'Closed', align: 'number', cell: ({ count }) => count },
            {
              key: 'list',
              head: 'In its list',
              align: 'number',
              cell: ({ group, inList }) =>
                inList === null ? (
                  <span className="text-ink-3">as above</span>
                ) : (
                  <CountOf figure={closedFigure(group, inList, view, scope)} />
                ),
            },
            { key: 'median', head: 'Median', align: 'number', cell: ({ medianMs }) => <Duration ms={medianMs} /> },
            {
              key: 'longest',
              head: 'Longest',
              align: 'number',
              cell: ({ longestMs, longestId }) => (
                <Link href={paths.exception(longestId)} className="link-quiet" title={`Exception ${longestId}`}>
                  <Duration ms={longestMs} />
                </Link>
              ),
            },
          ]}
          empty={<p className="px-2 py-3 text-ink-3">No exception closed in this time.</p>}
        />
      </Section>
    </Metric>
  )
}
