import type { useLoaderData } from '@remix-run/react'
import type { ReactNode } from 'react'
import { Count } from '#app/components/amount.tsx'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { OCCURRENCES, QUEUE_WORDS, type Queue } from './queues.ts'
import type { loader } from './route.tsx'

export type ExceptionTableRow = ReturnType<typeof useLoaderData<typeof loader>>['rows'][number]

type ExceptionTableProps = {
  rows: readonly ExceptionTableRow[]
  queue: Queue
  state: 'open' | 'closed' | 'all'
  scope: Scope
  now: string
  empty: ReactNode
  footer: ReactNode
  pages: ReactNode
}

const ENTITIES_SHOWN = 3

export function ExceptionTable({ rows, queue, state, scope, now, ...frame }: ExceptionTableProps) {
  return (
    <DataTable
      caption={`${QUEUE_WORDS[queue]} exceptions, one row a cause, newest first`}
      rows={rows}
      rowKey={({ exceptionId }) => `${exceptionId}`}
      href={({ exceptionId }) => paths.exception(exceptionId, scope)}
      columns={columnsOf(queue, state, now)}
      {...frame}
    />
  )
}

type Columns = readonly [Column<ExceptionTableRow>, ...Column<ExceptionTableRow>[]]

function columnsOf(queue: Queue, state: ExceptionTableProps['state'], now: string): Columns {
  return [
    { key: 'title', head: 'Cause', wrap: true, cell: ({ title }) => exceptionTitle(title) },
    ...(queue === 'technical' ? [CLASS] : []),
    { key: 'occurrences', head: OCCURRENCES[queue], align: 'number', cell: ({ occurrences }) => <Count value={occurrences} /> },
    {
      key: 'amount',
      head: queue === 'control' ? 'Stated minus found' : 'At stake',
      align: 'number',
      cell: ({ amounts, isRedacted, subject }) => (
        <AtStake amounts={amounts} isRedacted={isRedacted} control={queue === 'control' ? { measure: subject.measure } : null} />
      ),
    },
    { key: 'entities', head: 'Entities', fit: true, cell: ({ entities }) => <Entities codes={entities} /> },
    {
      key: 'age',
      head: state === 'open' ? 'Open since' : 'Opened',
      fit: true,
      cell: ({ openedAt, closedAt }) => (closedAt === null ? <Age from={openedAt} now={now} /> : <Time at={openedAt} />),
    },
    { key: 'seen', head: 'Last seen', fit: true, cell: ({ lastSeenAt }) => <Age from={lastSeenAt} now={now} /> },
    ...(state === 'open' ? [] : [CLOSED]),
    {
      key: 'owner',
      head: 'Owner and job',
      fit: true,
      cell: ({ owner, job }) => (
        <span className="grid">
          {owner}
          <span className="mono text-ink-3">{job}</span>
        </span>
      ),
    },
  ]
}

const CLASS: Column<ExceptionTableRow> = {
  key: 'class',
  head: 'Class',
  fit: true,
  cell: ({ failureClass }) => <FailureClassBadge failureClass={failureClass} />,
}

const CLOSED: Column<ExceptionTableRow> = {
  key: 'closed',
  head: 'Closed',
  fit: true,
  cell: ({ closedAt, closedByRunId }) =>
    closedAt ? (
      <>
        <Time at={closedAt} />
        {closedByRunId !== null && ` by run ${closedByRunId}`}
      </>
    ) : (
      'open'
    ),
}

function Entities({ codes }: { codes: readonly string[] }) {
  const more = codes.length - ENTITIES_SHOWN
  return (
    <span className="mono" title={more > 0 ? codes.join(' ') : undefined}>
      {codes.slice(0, ENTITIES_SHOWN).join(' ')}
      {more > 0 && ` +${more}`}
    </span>
  )
}
