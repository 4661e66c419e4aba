import { CircleDashed } from 'lucide-react'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import type { Health } from '#server/domain/connection-health.ts'
import { FAILURE_CODES, titleOf } from '#server/domain/failure-names/said.ts'

export const HEALTH_LOOK: Record<Health, { readonly label: string; readonly tone: Tone; readonly what: string }> = {
  well: { label: 'Well', tone: 'fine', what: 'All of the newest calls were answered.' },
  unsteady: { label: 'Unsteady', tone: 'attention', what: 'Some of the newest calls failed.' },
  throttled: { label: 'Throttled', tone: 'attention', what: 'The newest call was asked to come later.' },
  down: { label: 'Down', tone: 'broken', what: 'All of the newest calls failed.' },
  refused: { label: 'Refused', tone: 'broken', what: 'The newest call failed in a way that does not pass by itself.' },
  never_asked: { label: 'Never asked', tone: 'past', what: 'No call was recorded yet.' },
}

export function HealthBadge({ health, isFiles = false }: { health: Health; isFiles?: boolean }) {
  const { label, tone, what } = HEALTH_LOOK[health]
  if (isFiles && health === 'never_asked')
    return (
      <Badge tone="past" icon={CircleDashed} title="People bring its files; nothing is asked of it.">
        Not asked
      </Badge>
    )
  return (
    <Badge tone={tone} title={what} {...(health === 'never_asked' && { icon: CircleDashed })}>
      {label}
    </Badge>
  )
}

/** 'The source system asks us to slow down' for source_throttled. */
export function outcomeWords(outcome: string): string {
  if (outcome === 'ok') return 'Answered'
  const code = FAILURE_CODES.find((name) => name === outcome)
  return code ? titleOf(code) : 'Failed without a name'
}

/** Parts of a whole in whole percents, never 0 % or 100 % where that is not exact. */
export function percentWords(part: number, whole: number): string {
  if (whole === 0) return 'n/a'
  if (part === 0) return '0 %'
  if (part === whole) return '100 %'
  return `${Math.min(99, Math.max(1, Math.round((part / whole) * 100)))} %`
}
