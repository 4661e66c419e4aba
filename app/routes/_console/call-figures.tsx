import type { ReactNode } from 'react'
import type { Figures } from '#app/.server/reads.ts'
import { paths, type SystemSearch } from '#app/paths.ts'
import type { Column } from '#app/ui/data-table.tsx'
import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Sparkline } from '#app/ui/sparkline.tsx'
import { Age, formatAge, formatDuration } from '#app/ui/time.tsx'
import { outcomeWords, percentWords } from './connection-words.tsx'

type Given<Row> = {
  readonly figuresOf: (row: Row) => Figures
  readonly systemOf: (row: Row) => string
  /** The view of the calls that every figure narrows down. */
  readonly viewOf: (row: Row) => SystemSearch
  readonly now: string
}

/** The figures of calls as columns: of systems and of jobs alike. Each opens exactly the calls it is about. */
export function callColumns<Row>({ figuresOf, systemOf, viewOf, now }: Given<Row>): Column<Row>[] {
  const opens = (row: Row, narrowed: SystemSearch, children: ReactNode, title?: string) => (
    <Link href={`${paths.system(systemOf(row), { ...viewOf(row), ...narrowed })}#calls`} className="link-quiet" title={title}>
      {children}
    </Link>
  )
  const none = <span className="text-ink-3">–</span>
  return [
    {
      key: 'calls',
      head: 'Calls',
      align: 'number',
      cell: (row) => (figuresOf(row).calls === 0 ? none : opens(row, {}, groupedCount(figuresOf(row).calls))),
    },
    {
      key: 'failed',
      head: 'Failed',
      align: 'number',
      cell: (row) => {
        const { failed, calls } = figuresOf(row)
        if (failed === 0) return none
        return opens(
          row,
          { outcome: 'failed' },
          <>
            {groupedCount(failed)} <span className="text-ink-3">{percentWords(failed, calls)}</span>
          </>,
        )
      },
    },
    {
      key: 'throttled',
      head: 'Throttled',
      align: 'number',
      cell: (row) => {
        const { throttled, waitMs } = figuresOf(row)
        if (throttled === 0) return none
        return opens(row, { outcome: 'throttled' }, groupedCount(throttled), `Asked to wait ${formatDuration(waitMs)} in all`)
      },
    },
    {
      key: 'p95',
      head: 'Took',
      fit: true,
      cell: (row) => {
        const { p50, p95 } = figuresOf(row)
        if (p50 === null || p95 === null) return none
        const slowest = opens(
          row,
          { slower: p95 },
          formatDuration(p95),
          'Opens the slowest twentieth of the calls that were answered',
        )
        return (
          <span className="grid grid-cols-[max-content_1fr] gap-x-2">
            <span className="text-ink-3">p50</span>
            <span className="text-end">{formatDuration(p50)}</span>
            <span className="text-ink-3">p95</span>
            <span className="text-end">{slowest}</span>
          </span>
        )
      },
    },
    {
      key: 'speed',
      head: 'p95, trend',
      cell: (row) => {
        const { speed, p95, calls } = figuresOf(row)
        if (calls === 0) return none
        return (
          <Sparkline
            values={speed}
            label={`p95 over the window, ${p95 === null ? 'none answered' : formatDuration(p95)} in all`}
          />
        )
      },
    },
    {
      key: 'last',
      head: 'Answered, failed',
      fit: true,
      cell: (row) => {
        const { lastOkAt, lastFailedAt, lastFailure } = figuresOf(row)
        return (
          <span className="grid">
            <span>{lastOkAt ? <Ago at={lastOkAt} now={now} /> : <span className="text-ink-3">never</span>}</span>
            <span className="text-ink-3" title={lastFailure ? outcomeWords(lastFailure) : undefined}>
              {lastFailedAt ? <Ago at={lastFailedAt} now={now} /> : 'never'}
            </span>
          </span>
        )
      },
    },
  ]
}

function Ago({ at, now }: { at: string; now: string }) {
  return (
    <>
      <Age from={at} now={now} />
      {formatAge(at, now) !== 'now' && ' ago'}
    </>
  )
}
