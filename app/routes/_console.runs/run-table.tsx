import type { ReactNode } from 'react'
import { Count } from '#app/components/amount.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { durationOf } from '#app/routes/_console/run-times.ts'
import { TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Duration, Time } from '#app/ui/time.tsx'
import { hasEnded, type RunStatus, type RunTrigger } from '#server/domain/run.ts'

export type RunTableRow = {
  readonly runId: number
  readonly job: string
  readonly title: string
  readonly trigger: RunTrigger
  readonly status: RunStatus
  readonly attempt: number
  readonly publication: number | null
  readonly withdrawnBy: number | null
  readonly queuedAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly dueAt: string
  readonly sentence: string | null
  readonly extracted: number | null
  readonly rejected: number | null
  readonly waitsFor: readonly string[]
}

type RunTableProps = {
  rows: readonly RunTableRow[]
  scope: Scope
  now: string
  empty: ReactNode
  footer?: ReactNode
  pages?: ReactNode
}

export function RunTable({ rows, scope, now, ...frame }: RunTableProps) {
  return (
    <DataTable
      name="runs"
      caption="Runs, newest first"
      rows={rows}
      rowKey={(row) => `${row.runId}`}
      href={(row) => paths.run(row.runId, scope)}
      columns={[
        { key: 'run', head: 'Run', fit: true, cell: (row) => row.runId },
        { key: 'status', head: 'Status', fit: true, cell: (row) => <RunStatusBadge status={row.status} /> },
        { key: 'job', head: 'Job and trigger', cell: (row) => <JobCell row={row} /> },
        { key: 'started', head: 'Started', fit: true, cell: (row) => <Time at={row.startedAt ?? row.queuedAt} /> },
        {
          key: 'duration',
          head: 'Took',
          align: 'number',
          cell: (row) => <Duration ms={durationOf(row, hasEnded(row.status) ? null : now)} />,
        },
        { key: 'records', head: 'Records', align: 'number', cell: (row) => <Count value={row.extracted} /> },
        { key: 'rejected', head: 'Rejected', align: 'number', cell: (row) => <Rejected row={row} scope={scope} /> },
        { key: 'publication', head: 'Publication', align: 'number', cell: (row) => <Publication row={row} /> },
        {
          key: 'sentence',
          head: 'What happened',
          wrap: true,
          cell: (row) => (
            <span className="line-clamp-2 text-ink-2" title={row.sentence ?? undefined}>
              {sentenceOf(row)}
            </span>
          ),
        },
      ]}
      {...frame}
    />
  )
}

function JobCell({ row: { job, title, trigger } }: { row: RunTableRow }) {
  return (
    <span className="grid w-[168px] py-1 min-[1400px]:w-[248px] 2xl:w-[360px]" title={title}>
      <span className="truncate">{title}</span>
      <span className="truncate text-ink-3">
        <span className="mono">{job}</span> · {TRIGGER_WORDS[trigger].toLowerCase()}
      </span>
    </span>
  )
}

function Rejected({ row, scope }: { row: RunTableRow; scope: Scope }) {
  if (!row.rejected) return <Count value={row.rejected ?? (row.extracted === null || !hasEnded(row.status) ? null : 0)} />
  return (
    <Link href={paths.runRejected(row.runId, scope)} className="link-quiet">
      <Count value={row.rejected} />
    </Link>
  )
}

function Publication({ row: { publication, withdrawnBy } }: { row: RunTableRow }) {
  if (publication === null) return <span className="text-ink-3">none</span>
  return withdrawnBy === null ? publication : <span className="text-ink-3">{publication}, withdrawn</span>
}

function sentenceOf({ sentence, status, attempt, waitsFor }: RunTableRow): ReactNode {
  if (status === 'blocked') return `Waits for ${waitsFor.join(', ')}.`
  if (status === 'queued') return 'Waits for its turn.'
  if (status === 'running') return `Attempt ${attempt} is going on.`
  if (status === 'waiting') return `Attempt ${attempt} failed; it is tried again by itself.`
  if (status === 'cancelled') return 'Cancelled. Nothing was published.'
  return sentence
}
