import { CircleHelp, RotateCw, Scale, ScrollText, Wrench, type LucideIcon } from 'lucide-react'
import type { FailureClass } from '#server/domain/errors.ts'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'

type Look = { label: string; tone: Tone; icon: LucideIcon; title: string }

const LOOK: Record<FailureClass, Look> = {
  technical_transient: {
    label: 'Technical, retries',
    tone: 'attention',
    icon: RotateCw,
    title: 'Tried again by itself. IT looks at it when the tries are used up.',
  },
  technical_permanent: { label: 'Technical', tone: 'broken', icon: Wrench, title: 'IT must act. Trying again would not help.' },
  business: {
    label: 'Business',
    tone: 'attention',
    icon: ScrollText,
    title: 'Finance operations must act: the data breaks a rule.',
  },
  control: { label: 'Control', tone: 'held', icon: Scale, title: 'Figures do not agree. The load is held until they do.' },
  unclassified: {
    label: 'Unclassified',
    tone: 'past',
    icon: CircleHelp,
    title: 'Counted and held, not guessed. IT classifies it.',
  },
}

/** Who must act, told by what happened. */
export function FailureClassBadge({ failureClass }: { failureClass: FailureClass }) {
  const { label, ...look } = LOOK[failureClass]
  return <Badge {...look}>{label}</Badge>
}
