import { Ban, CircleDashed, Clock, FlaskConical, Hourglass, type LucideIcon } from 'lucide-react'
import type { RunStatus } from '#server/domain/run.ts'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'

export const RUN_STATUS_LOOK: Record<RunStatus, { label: string; tone: Tone; icon?: LucideIcon }> = {
  blocked: { label: 'Blocked', tone: 'attention', icon: Hourglass },
  queued: { label: 'Queued', tone: 'past', icon: CircleDashed },
  running: { label: 'Running', tone: 'running' },
  waiting: { label: 'Will retry', tone: 'attention', icon: Clock },
  succeeded: { label: 'Succeeded', tone: 'fine' },
  held: { label: 'Held', tone: 'held' },
  failed: { label: 'Failed', tone: 'broken' },
  cancelled: { label: 'Cancelled', tone: 'past', icon: Ban },
  rehearsed: { label: 'Rehearsed', tone: 'past', icon: FlaskConical },
}

/** `detail` follows the word: 'Will retry 14:05 (2 of 5)'. */
export function RunStatusBadge({ status, detail }: { status: RunStatus; detail?: string | null }) {
  const { label, tone, icon } = RUN_STATUS_LOOK[status]
  return (
    <Badge tone={tone} {...(icon && { icon })}>
      {label}
      {detail && ` ${detail}`}
    </Badge>
  )
}
