import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import { paths } from '#app/paths.ts'
import type { Screen } from './screen.ts'

/** Publications that moved the period after it was no longer posted to, each with its run. */
export function LatePublications({ row }: Pick<Screen, 'row'>) {
  return (
    <DataTable
      caption="Published after the cut-off"
      rows={row.late}
      rowKey={({ publication }) => `${publication}`}
      columns={[
        { key: 'publication', head: 'Publication', fit: true, cell: ({ publication }) => publication },
        {
          key: 'at',
          head: 'Published',
          fit: true,
          cell: ({ publishedAt }) => <Time at={publishedAt} zone={row.timeZone} showZone />,
        },
        {
          key: 'run',
          head: 'Run',
          fit: true,
          cell: ({ runId }) => (
            <Link href={paths.run(runId)} className="link">
              Run {runId}
            </Link>
          ),
        },
        { key: 'job', head: 'Job', wrap: true, cell: ({ title }) => title },
        {
          key: 'lines',
          head: 'Lines',
          fit: true,
          cell: ({ publication }) => (
            <Link href={paths.lines({ entity: row.entity, period: row.period, publication })} className="link-quiet">
              its lines
            </Link>
          ),
        },
      ]}
      empty={
        <EmptyState title="Nothing came after the cut-off">
          {row.cutOffAt === null
            ? 'Its calendar says no cut-off for posting, so nothing can be late.'
            : 'No publication of a system that was connected by then moved it since.'}
        </EmptyState>
      }
    />
  )
}

const ANSWERS = { approved: 'reopened', declined: 'declined', superseded: 'asked again' } as const

export function Reopenings({ reopenings }: Pick<Screen, 'reopenings'>) {
  return (
    <DataTable
      caption="Requests to reopen it"
      rows={reopenings}
      rowKey={({ requestId }) => `${requestId}`}
      columns={[
        { key: 'at', head: 'Asked', fit: true, cell: ({ requestedAt }) => <Time at={requestedAt} /> },
        { key: 'by', head: 'By', fit: true, cell: ({ requestedBy }) => requestedBy },
        { key: 'reason', head: 'Because', wrap: true, cell: ({ reason }) => reason },
        {
          key: 'answer',
          head: 'Answer',
          fit: true,
          cell: ({ answer }) => (answer ? ANSWERS[answer] : 'waits for a second person'),
        },
        {
          key: 'decided',
          head: 'Decided by',
          fit: true,
          cell: ({ decidedBy }) => decidedBy ?? <span className="text-ink-3">–</span>,
        },
        {
          key: 'why',
          head: 'Why',
          wrap: true,
          cell: ({ decisionReason }) => decisionReason ?? <span className="text-ink-3">–</span>,
        },
      ]}
      empty={null}
    />
  )
}
