import { paths, type Scope } from '#app/paths.ts'
import type { ShownJob } from '#app/.server/reads.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { counted } from './words.ts'

type Props = { job: ShownJob; now: string }

/** When it is due next: how soon, or why not at all. */
export function NextDue({ job: { pausedAt, nextDue, definition }, now }: Props) {
  if (pausedAt !== null)
    return (
      <>
        paused since <Time at={pausedAt} />
      </>
    )
  if (nextDue)
    return (
      <span title={`${nextDue.wall} ${nextDue.timeZone}`}>
        next <Age from={nextDue.at} now={now} />
      </span>
    )
  return definition.schedule ? 'not due any more' : null
}

/** Whether the data is as new as it should be, and what is missing. */
export function Fresh({ job: { job, freshness, freshAt, missingFeeds }, scope, now }: Props & { scope: Scope }) {
  return (
    <span className="grid justify-items-start gap-0.5">
      {missingFeeds > 0 && (
        <Link href={paths.feeds({ ...scope, entity: undefined, job, state: 'missing' })} className="link-quiet">
          <Badge tone="broken">{counted(missingFeeds, 'feed')} missing</Badge>
        </Link>
      )}
      {freshness && freshness.isMet !== true && <Badge tone="attention">{freshAt === null ? 'Nothing yet' : 'Too old'}</Badge>}
      {freshness?.isMet && missingFeeds === 0 && <Badge tone="fine">Met</Badge>}
      <span className="text-ink-3">
        {freshAt === null ? freshness ? 'target' : 'nothing yet' : <Age from={freshAt} now={now} />}
        {freshness && (freshAt === null ? ` ${freshness.hours} h` : ` of ${freshness.hours} h`)}
      </span>
    </span>
  )
}
