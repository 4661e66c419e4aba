import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

export function RunsThatSaw({ screen: { exception, runs, scope } }: { screen: Pick<Screen, 'exception' | 'runs' | 'scope'> }) {
  return (
    <Section
      title="Runs that saw it"
      actions={
        <Link href={paths.replays({ ...scope, exception: `${exception.exceptionId}` })} className="link">
          Replays of its records
        </Link>
      }
    >
      <DataTable
        caption="Runs that saw this exception"
        rows={runs}
        rowKey={({ runId }) => `${runId}`}
        href={({ runId }) => paths.run(runId, scope)}
        columns={[
          { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => `Run ${runId}` },
          { key: 'what', head: 'What it did here', fit: true, cell: ({ runId }) => roleOfRun(runId, exception) },
          { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
          { key: 'trigger', head: 'Trigger', fit: true, cell: ({ trigger }) => TRIGGER_WORDS[trigger] },
          { key: 'at', head: 'Ended', fit: true, cell: ({ at }) => <Time at={at} /> },
          { key: 'by', head: 'Asked for by', fit: true, cell: ({ requestedBy }) => requestedBy },
          {
            key: 'sentence',
            head: 'What happened',
            wrap: true,
            cell: ({ sentence }) => <span className="text-ink-2">{sentence}</span>,
          },
        ]}
        empty={<EmptyState title="No run saw it">It is about a run that did not come.</EmptyState>}
      />
    </Section>
  )
}

function roleOfRun(runId: number, { openedRunId, lastRunId, closedByRunId }: Screen['exception']): string {
  const words = [
    runId === openedRunId && 'opened it',
    runId === lastRunId && runId !== openedRunId && 'saw it last',
    runId === closedByRunId && 'closed it',
  ].filter(Boolean)
  return words.length > 0 ? words.join(', ') : 'saw it'
}
