import { ChevronDown, ChevronsUp, ChevronUp, Clock, Equal, RotateCcw, type LucideIcon } from 'lucide-react'
import { dueWords } from '#app/routes/_console/due-words.ts'
import { SEVERITY_WORDS, STATE_TONES, STATE_WORDS } from '#app/routes/_console/triage-words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { formatBusinessDate, formatInstant } from '#app/ui/time.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import type { Severity } from '#server/domain/severity.ts'
import { nameOf, type Screen } from './screen.ts'

/** How it stands, in words: what people make of it, or that its control passed again. */
export function StateBadges({ screen }: { screen: Screen }) {
  const { exception, case: asked } = screen
  const { closedAt, state, previousExceptionId } = exception
  return (
    <>
      {closedAt !== null ? <Badge tone="fine">Fixed</Badge> : <Badge tone={STATE_TONES[state]}>{stateWords(screen)}</Badge>}
      {previousExceptionId !== null && (
        <Badge tone="attention" icon={RotateCcw} title={`It was fixed before, as exception ${previousExceptionId}`}>
          Regressed
        </Badge>
      )}
      {asked.proposal && <Badge tone="attention">Ending proposed</Badge>}
    </>
  )
}

function stateWords(screen: Screen): string {
  const { state, assignee, waivedUntil } = screen.exception
  if (state === 'assigned' && assignee) return `Assigned to ${nameOf(screen, assignee)}`
  if (state === 'waived' && waivedUntil) return `Waived until ${formatBusinessDate(waivedUntil)}`
  return STATE_WORDS[state]
}

const SEVERITY_LOOK: Record<Severity, { readonly tone: Tone; readonly icon: LucideIcon }> = {
  critical: { tone: 'broken', icon: ChevronsUp },
  high: { tone: 'attention', icon: ChevronUp },
  medium: { tone: 'past', icon: Equal },
  low: { tone: 'past', icon: ChevronDown },
}

export const SeverityBadge = ({ severity }: { severity: Severity }) => (
  <Badge {...SEVERITY_LOOK[severity]}>{SEVERITY_WORDS[severity]}</Badge>
)

/** In business days of its calendar; the instant, on the wall of that calendar, on hover. */
export function DueBadge({ screen: { exception, case: asked } }: { screen: Screen }) {
  const tone = asked.isLate ? 'broken' : asked.dueIn === 0 ? 'attention' : 'past'
  return (
    <Badge tone={tone} icon={Clock} title={`${formatInstant(exception.dueAt, asked.timeZone)} ${asked.timeZone}`}>
      {dueWords(asked)}
    </Badge>
  )
}
