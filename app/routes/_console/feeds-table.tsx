import type { ReactNode } from 'react'
import { paths, type Scope } from '#app/paths.ts'
import type { FeedRow } from '#app/.server/reads.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { FEED_LOOK } from './schedule-words.ts'

type Props = {
  rows: readonly FeedRow[]
  scope: Scope
  now: string
  /** Left out on the screen of one job. */
  withJob: boolean
  empty: ReactNode
  footer?: ReactNode
}

/** What is expected by when, whether it came, by which run, and who looks after it. */
export function FeedsTable({ rows, scope, now, withJob, empty, footer }: Props) {
  const job: Column<FeedRow> = {
    key: 'job',
    head: 'Feed',
    wrap: true,
    cell: ({ job: name, title, system }) => (
      <>
        <Link href={paths.job(name, scope)} className="link-quiet">
          {title}
        </Link>
        <span className="block font-normal text-ink-3">{system}</span>
      </>
    ),
  }
  const columns: readonly Column<FeedRow>[] = [
    { key: 'by', head: 'Expected by', fit: true, cell: ({ expectedBy }) => <Time at={expectedBy} /> },
    {
      key: 'state',
      head: 'State',
      fit: true,
      cell: ({ state }) => <Badge tone={FEED_LOOK[state].tone}>{FEED_LOOK[state].label}</Badge>,
    },
    { key: 'came', head: 'Came', cell: (row) => <Came row={row} now={now} scope={scope} /> },
    { key: 'owner', head: 'Owner', fit: true, cell: ({ owner }) => owner },
    {
      key: 'exception',
      head: 'Exception',
      wrap: true,
      cell: ({ exceptionId, exceptionTitle }) =>
        exceptionId === null ? (
          <span className="text-ink-3">none</span>
        ) : (
          <Link href={paths.exception(exceptionId, scope)} className="link">
            {exceptionTitle}
          </Link>
        ),
    },
  ]
  const [first, ...others] = columns
  return (
    <DataTable
      caption="Expected feeds"
      rows={rows}
      rowKey={({ job: name, expectedBy }) => `${name} ${expectedBy}`}
      columns={withJob ? [job, ...columns] : [first!, ...others]}
      empty={empty}
      footer={footer}
    />
  )
}

function Came({ row: { state, arrivedAt, runId, expectedBy }, now, scope }: { row: FeedRow; now: string; scope: Scope }) {
  if (arrivedAt === null || runId === null) {
    return (
      <span className="text-ink-3">
        {state === 'missing' ? 'not yet, due for ' : 'due '}
        <Age from={expectedBy} now={now} />
      </span>
    )
  }
  return (
    <>
      <Time at={arrivedAt} />, by{' '}
      <Link href={paths.run(runId, scope)} className="link">
        run {runId}
      </Link>
    </>
  )
}
