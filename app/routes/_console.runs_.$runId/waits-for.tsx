import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { BlockedRow } from '#app/.server/reads.ts'

/** The jobs a blocked run comes after, and how the newest run of each stands. */
export function WaitsFor({ waitsFor, scope }: Pick<BlockedRow, 'waitsFor'> & { scope: Scope }) {
  return (
    <Notice kind="attention" title={`Waits for ${counted(waitsFor.length, 'other job')}`}>
      <ul className="grid gap-1">
        {waitsFor.map(({ job, title, runId, status, isPaused }) => (
          <li key={job} className="flex flex-wrap items-center gap-x-2">
            <Link href={paths.job(job, scope)} className="link">
              {title ?? job}
            </Link>
            {runId === null || status === null ? (
              'has never run'
            ) : (
              <>
                <RunStatusBadge status={status} />
                <Link href={paths.run(runId, scope)} className="link">
                  run {runId}
                </Link>
                {status === 'succeeded' && 'is not the one that is due'}
              </>
            )}
            {isPaused && <Badge tone="held">Paused</Badge>}
          </li>
        ))}
      </ul>
      <p>It goes on by itself when the newest run of each has succeeded and nothing of them is due or under way.</p>
    </Notice>
  )
}
