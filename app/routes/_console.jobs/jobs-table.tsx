import type { ReactNode } from 'react'
import { Count } from '#app/components/amount.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import type { ShownJob } from '#app/.server/reads.ts'
import { Fresh, NextDue } from '#app/routes/_console/job-clock.tsx'
import { sourceWords, targetWords } from '#app/routes/_console/job-words.ts'
import { ruleWords } from '#app/routes/_console/schedule-words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Age } from '#app/ui/time.tsx'

type Props = { jobs: readonly ShownJob[]; scope: Scope; now: string; empty: ReactNode; footer: ReactNode }

/** What runs when, from where to where, how it stands and who answers for it. */
export function JobsTable({ jobs, scope, now, empty, footer }: Props) {
  return (
    <DataTable
      caption="Jobs by name"
      rows={jobs}
      rowKey={({ job }) => job}
      href={({ job }) => paths.job(job, scope)}
      columns={[
        {
          key: 'job',
          head: 'Job',
          wrap: true,
          cell: ({ job, definition }) => (
            <>
              {definition.title}
              <span className="mono block font-normal text-ink-3">{job}</span>
            </>
          ),
        },
        {
          key: 'from',
          head: 'From and to',
          cell: ({ definition }) => (
            <span
              className="grid w-[140px] min-[1400px]:w-[200px] 2xl:w-[240px]"
              title={`${definition.system.name}: ${sourceWords(definition)}`}
            >
              <span className="truncate">{definition.system.name}</span>
              <span className="truncate text-ink-3">{targetWords(definition)}</span>
            </span>
          ),
        },
        {
          key: 'when',
          head: 'Runs',
          cell: (job) => (
            <span className="grid w-[150px] whitespace-normal py-1 2xl:w-[260px]">
              {job.definition.schedule ? ruleWords(job.definition.schedule) : <Unscheduled job={job} />}
              <span className="text-ink-3">
                <NextDue job={job} now={now} />
              </span>
            </span>
          ),
        },
        { key: 'last', head: 'Latest run', fit: true, cell: (job) => <LatestRun job={job} scope={scope} now={now} /> },
        { key: 'fresh', head: 'Freshness', fit: true, cell: (job) => <Fresh job={job} scope={scope} now={now} /> },
        {
          key: 'owner',
          head: 'Owner, process',
          cell: ({ definition: { owner, process } }) => (
            <span className="grid w-[130px] min-[1400px]:w-[160px] 2xl:w-[240px]" title={process}>
              <span className="truncate">{owner}</span>
              {process && <span className="truncate text-ink-3">{process}</span>}
            </span>
          ),
        },
        {
          key: 'open',
          head: 'Exceptions',
          align: 'number',
          cell: ({ openExceptions, job }) =>
            openExceptions === 0 ? (
              <Count value={0} />
            ) : (
              <Link href={paths.exceptions({ ...scope, job })} className="link-quiet">
                <Count value={openExceptions} />
              </Link>
            ),
        },
      ]}
      empty={empty}
      footer={footer}
    />
  )
}

const Unscheduled = ({ job: { definition } }: { job: ShownJob }) =>
  definition.source.type === 'folder'
    ? 'When a file appears'
    : definition.source.type === 'file'
      ? 'When a file is loaded'
      : 'When asked'

function LatestRun({ job: { lastRunId, lastStatus, lastAt }, scope, now }: { job: ShownJob; scope: Scope; now: string }) {
  if (lastRunId === null || lastStatus === null) return <span className="text-ink-3">never ran</span>
  return (
    <span className="grid justify-items-start gap-0.5">
      <RunStatusBadge status={lastStatus} />
      <span className="text-ink-3">
        <Link href={paths.run(lastRunId, scope)} className="link">
          run {lastRunId}
        </Link>
        {lastAt && (
          <>
            , <Age from={lastAt} now={now} />
          </>
        )}
      </span>
    </span>
  )
}
