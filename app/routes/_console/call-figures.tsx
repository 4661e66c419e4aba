import type { ReactNode } from 'react'
import type { Figures } from '#app/.server/reads.ts'
import { paths, type SystemSearch } from '#app/paths.ts'
import type { Column } from '#app/ui/data-table.tsx'
import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Sparkline } from '#app/ui/sparkline.tsx'
import { Age, formatDuration } from '#app/ui/time.tsx'
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
    { key: 'p50', head: 'p50', align: 'number', cell: (row) => Speed(figuresOf(row).p50) },
    {
      key: 'p95',
      head: 'p95',
      align: 'number',
      cell: (row) => {
        const { p95 } = figuresOf(row)
        return p95 === null ? none : opens(row, { slower: p95 }, formatDuration(p95), 'The slowest twentieth of the calls')
      },
    },
    {
      key: 'speed',
      head: 'p95 over the window',
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
      key: 'lastOk',
      head: 'Last success',
      fit: true,
      cell: (row) => {
        const { lastOkAt } = figuresOf(row)
        return lastOkAt ? <Age from={lastOkAt} now={now} /> : <span className="text-ink-3">never</span>
      },
    },
    {
      key: 'lastFailed',
      head: 'Last failure',
      fit: true,
      cell: (row) => {
        const { lastFailedAt, lastFailure } = figuresOf(row)
        if (!lastFailedAt) return <span className="text-ink-3">never</span>
        return (
          <span title={outcomeWords(lastFailure ?? '')}>
            <Age from={lastFailedAt} now={now} />
          </span>
        )
      },
    },
  ]
}

function Speed(ms: number | null): ReactNode {
  return ms === null ? <span className="text-ink-3">–</span> : formatDuration(ms)
}
