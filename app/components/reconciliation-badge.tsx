import { Clock, FileCheck2, PenLine, Stamp, type LucideIcon } from 'lucide-react'
import { Badge } from '#app/ui/badge.tsx'
import type { Tone } from '#app/ui/tone.tsx'
import type { ReconciliationState } from '#server/domain/reconciliation/state.ts'

type Shown = ReconciliationState | 'superseded' | 'overdue' | 'tied' | 'explained' | 'evidence_missing'
type Look = { readonly label: string; readonly tone: Tone; readonly icon?: LucideIcon }

export const RECONCILIATION_LOOK: Record<Shown, Look> = {
  breaks: { label: 'Unexplained', tone: 'broken' },
  ready: { label: 'Ready to prepare', tone: 'attention', icon: FileCheck2 },
  prepared: { label: 'Prepared', tone: 'attention', icon: PenLine },
  certified: { label: 'Certified', tone: 'fine', icon: Stamp },
  superseded: { label: 'Superseded', tone: 'held' },
  overdue: { label: 'Overdue', tone: 'attention', icon: Clock },
  tied: { label: 'Ties', tone: 'fine' },
  evidence_missing: { label: 'Evidence missing', tone: 'broken' },
  explained: { label: 'Explained', tone: 'fine' },
}

/** How it stands, and beside it whether an earlier certification fell. */
export function ReconciliationBadge({ state, isSuperseded = false }: { state: Shown; isSuperseded?: boolean }) {
  return (
    <span className="inline-flex flex-wrap gap-1">
      <One state={state} />
      {isSuperseded && <One state="superseded" />}
    </span>
  )
}

function One({ state }: { state: Shown }) {
  const { label, tone, icon } = RECONCILIATION_LOOK[state]
  return (
    <Badge tone={tone} {...(icon && { icon })}>
      {label}
    </Badge>
  )
}
