import { Ban, CircleCheck, CircleDashed, Undo2, type LucideIcon } from 'lucide-react'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'

type Standing = 'proposed' | 'active' | 'spent' | 'refused' | 'withdrawn'
type Look = { readonly label: string; readonly tone: Tone; readonly icon?: LucideIcon }

export const CORRECTION_LOOK: Record<Standing, Look> = {
  proposed: { label: 'Waits for approval', tone: 'attention' },
  active: { label: 'Applies', tone: 'fine', icon: CircleCheck },
  spent: { label: 'Spent', tone: 'past', icon: CircleDashed },
  refused: { label: 'Refused', tone: 'past', icon: Ban },
  withdrawn: { label: 'Withdrawn', tone: 'past', icon: Undo2 },
}

export function CorrectionBadge({ standing }: { standing: Standing }) {
  const { label, tone, icon } = CORRECTION_LOOK[standing]
  return (
    <Badge tone={tone} {...(icon && { icon })}>
      {label}
    </Badge>
  )
}
