import { CircleX, Clock } from 'lucide-react'
import type { TowerView } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { Nothing } from './nothing.tsx'

type Feed = TowerView['feeds']['rows'][number]

/** What has not come, longest first, then what is expected next. */
export function FeedsTable({ rows, now }: { rows: readonly Feed[]; now: string }) {
  if (rows.length === 0)
    return (
      <Nothing>No feed is missing and none is expected: a job says in its definition by when its data must be there.</Nothing>
    )
  return (
    <DataTable
      caption="Feeds that are missing, and those expected next"
      rows={rows}
      rowKey={({ job, expectedBy }) => `${job} ${expectedBy}`}
      href={({ job }) => paths.job(job)}
      columns={[
        { key: 'job', head: 'Feed', wrap: true, cell: ({ title }) => title },
        {
          key: 'state',
          head: 'State',
          fit: true,
          cell: ({ state, expectedBy }) =>
            state === 'missing' ? (
              <Badge tone="broken" icon={CircleX}>
                Missing <Age from={expectedBy} now={now} />
              </Badge>
            ) : (
              <Badge tone="past" icon={Clock}>
                Due <Age from={expectedBy} now={now} />
              </Badge>
            ),
        },
        { key: 'by', head: 'Expected by', fit: true, cell: ({ expectedBy }) => <Time at={expectedBy} /> },
        { key: 'owner', head: 'Owner', fit: true, cell: ({ owner }) => owner },
        {
          key: 'exception',
          head: 'Exception',
          fit: true,
          cell: ({ exceptionId }) =>
            exceptionId === null ? (
              <span className="text-ink-3">–</span>
            ) : (
              <Link href={paths.exception(exceptionId)} className="link">
                {exceptionId}
              </Link>
            ),
        },
      ]}
      empty={null}
    />
  )
}
