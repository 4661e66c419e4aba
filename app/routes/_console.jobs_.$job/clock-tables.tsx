import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { FeedsTable } from '#app/routes/_console/feeds-table.tsx'
import { TICK_WORDS } from '#app/routes/_console/schedule-words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Duration, Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

/** What was expected of it, and whether it came. */
export function FeedsOfJob({ screen: { job, feeds, scope, computedAt } }: { screen: Screen }) {
  return (
    <Section
      title="Expected feeds"
      actions={
        feeds.length > 0 && (
          <Link href={paths.feeds({ ...scope, entity: undefined, job: job.job })} className="link">
            All feeds of this job
          </Link>
        )
      }
    >
      <FeedsTable
        rows={feeds}
        scope={scope}
        now={computedAt}
        withJob={false}
        empty={<EmptyState title="Nothing is expected yet">The first one appears within seconds.</EmptyState>}
      />
    </Section>
  )
}

/** Every due time and what became of it. */
export function TicksOfJob({ screen: { ticks, scope } }: { screen: Screen }) {
  return (
    <Section title="Due times" note="Each is decided once, by whichever scheduler comes first.">
      <DataTable
        caption="Due times of this job, newest first"
        rows={ticks}
        rowKey={({ dueAt }) => dueAt}
        columns={[
          { key: 'due', head: 'Due', fit: true, cell: ({ dueAt }) => <Time at={dueAt} showZone /> },
          {
            key: 'outcome',
            head: 'What became of it',
            fit: true,
            cell: ({ outcome }) => <Badge tone={TICK_WORDS[outcome].tone}>{TICK_WORDS[outcome].label}</Badge>,
          },
          {
            key: 'runs',
            head: 'Run',
            cell: ({ runs, outcome }) => {
              const [first, ...others] = runs
              if (!first)
                return (
                  <span className="text-ink-3">{outcome === 'started' || outcome === 'caught_up' ? 'no new file' : 'none'}</span>
                )
              return (
                <span className="inline-flex items-center gap-2">
                  <Link href={paths.run(first.runId, scope)} className="link">
                    {first.runId}
                  </Link>
                  <RunStatusBadge status={first.status} />
                  {others.length > 0 && <span className="text-ink-3">and {others.length} more files</span>}
                </span>
              )
            },
          },
          {
            key: 'after',
            head: 'Began after',
            align: 'number',
            fit: true,
            cell: ({ dueAt, runs }) => {
              const began = runs[0]?.startedAt
              return <Duration ms={began ? Math.max(0, new Date(began).getTime() - new Date(dueAt).getTime()) : null} />
            },
          },
          { key: 'by', head: 'Decided by', wrap: true, cell: ({ decidedBy }) => <span className="text-ink-3">{decidedBy}</span> },
        ]}
        empty={<EmptyState title="It was not due yet">Its first due time is above, under Next due.</EmptyState>}
      />
    </Section>
  )
}
