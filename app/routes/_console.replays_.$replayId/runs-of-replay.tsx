import { Count } from '#app/components/amount.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { Screen } from './screen.ts'

/** The runs it is made of: whose records it takes, and the replay runs it made. */
export function RunsOfReplay({ screen: { runs, scope } }: { screen: Screen }) {
  const run = (id: number | null) =>
    id === null ? (
      <span className="text-ink-3">none</span>
    ) : (
      <Link href={paths.run(id, scope)} className="link-quiet">
        Run {id}
      </Link>
    )
  return (
    <Section title="Runs" note="one after the other, the oldest data first">
      <DataTable
        caption="Runs of this replay, in the order in which they are carried out"
        rows={runs.filter(({ isPublication }) => !isPublication)}
        rowKey={({ originRunId }) => `${originRunId}`}
        columns={[
          { key: 'origin', head: 'Records of', fit: true, cell: ({ originRunId }) => run(originRunId) },
          { key: 'job', head: 'Job', cell: ({ job }) => <span className="mono">{job}</span> },
          {
            key: 'what',
            head: 'What',
            fit: true,
            cell: ({ isWhole }) => (isWhole ? 'the held load, whole' : 'these records only'),
          },
          { key: 'records', head: 'Records', align: 'number', cell: ({ records }) => <Count value={records} /> },
          { key: 'rehearsal', head: 'Rehearsal', fit: true, cell: ({ rehearsalRunId }) => run(rehearsalRunId) },
          { key: 'replay', head: 'Replay', fit: true, cell: ({ runId }) => run(runId) },
          { key: 'status', head: 'Status', fit: true, cell: ({ status }) => status && <RunStatusBadge status={status} /> },
          {
            key: 'publication',
            head: 'Publication',
            align: 'number',
            cell: ({ publication }) => publication ?? <span className="text-ink-3">none</span>,
          },
          {
            key: 'sentence',
            head: 'What happened',
            wrap: true,
            cell: ({ sentence }) => <span className="text-ink-2">{sentence}</span>,
          },
        ]}
        empty={null}
      />
    </Section>
  )
}
