import type { TowerView } from '#app/.server/reads.ts'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { byteWords, TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { Nothing } from './nothing.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { groupedCount } from '#app/ui/decimal.ts'
import { Age } from '#app/ui/time.tsx'

type Run = TowerView['stopped']['runs'][number]
type Props = { rows: readonly Run[]; scope: Scope; now: string }

/** Runs that were held or failed and whose cause is still open. */
export function StoppedRuns({ rows, scope, now }: Props) {
  if (rows.length === 0) return <Nothing>No run waits. Held and failed runs stay here until what stopped them is mended.</Nothing>
  return (
    <DataTable
      caption="Runs that wait to be mended"
      rows={rows}
      rowKey={({ runId }) => `${runId}`}
      href={({ runId }) => paths.run(runId, scope)}
      columns={[
        { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => runId },
        { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
        { key: 'job', head: 'Job', wrap: true, cell: (run) => <JobCell run={run} /> },
        { key: 'since', head: 'Since', fit: true, cell: ({ since }) => <Age from={since} now={now} /> },
        {
          key: 'what',
          head: 'What happened',
          wrap: true,
          cell: ({ sentence }) => (
            <span className="line-clamp-2 text-ink-2" title={sentence ?? undefined}>
              {sentence}
            </span>
          ),
        },
      ]}
      empty={null}
    />
  )
}

/** Runs that go on, with how far they are. */
export function GoingRuns({ rows, scope, now }: Props) {
  if (rows.length === 0)
    return <Nothing>No run goes on. One appears here the moment it is asked for, with how far it is.</Nothing>
  return (
    <DataTable
      caption="Runs that go on"
      rows={rows}
      rowKey={({ runId }) => `${runId}`}
      href={({ runId }) => paths.run(runId, scope)}
      columns={[
        { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => runId },
        { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
        { key: 'job', head: 'Job', wrap: true, cell: (run) => <JobCell run={run} /> },
        { key: 'since', head: 'Since', fit: true, cell: ({ since }) => <Age from={since} now={now} /> },
        { key: 'progress', head: 'Progress', wrap: true, cell: (run) => <Progress run={run} now={now} /> },
      ]}
      empty={null}
    />
  )
}

function JobCell({ run: { job, title, trigger } }: { run: Run }) {
  return (
    <span className="grid">
      <span className="truncate">{title}</span>
      <span className="truncate text-ink-3">
        <span className="mono">{job}</span> · {TRIGGER_WORDS[trigger].toLowerCase()}
      </span>
    </span>
  )
}

const PERCENT = 100

function Progress({ run: { status, progress, startedAt, waitsFor }, now }: { run: Run; now: string }) {
  if (status === 'blocked') return <>Waits for {waitsFor.join(', ')}.</>
  if (status === 'waiting') return <>The last attempt failed; it is tried again by itself.</>
  if (!progress) return <>{status === 'queued' ? 'Waits for its turn.' : 'Has begun.'}</>
  const { stage, records, bytes, bytesTotal } = progress
  const seconds = startedAt ? Math.max(1, Math.round((Date.parse(now) - Date.parse(startedAt)) / 1000)) : null
  return (
    <span className="grid max-w-[420px] gap-1">
      <span className="tabular">
        {stage}: {groupedCount(records)} records
        {seconds && records > 0 && `, ${groupedCount(Math.round(records / seconds))} a second`}
        {bytesTotal > 0 && `, ${byteWords(bytes)} of ${byteWords(bytesTotal)}`}
      </span>
      {bytesTotal > 0 && (
        <progress aria-label="Share of the bytes read" value={Math.round((bytes / bytesTotal) * PERCENT)} max={PERCENT} />
      )}
    </span>
  )
}
