import { Check, Undo2, X, type LucideIcon } from 'lucide-react'
import { paths } from '#app/paths.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { CORRECTION_ACTIONS, type CorrectionAction } from '#server/domain/correction.ts'
import type { Screen } from './screen.ts'

const LOOK: Readonly<Record<CorrectionAction, { readonly label: string; readonly icon: LucideIcon }>> = {
  approve: { label: 'Approve', icon: Check },
  refuse: { label: 'Refuse', icon: X },
  withdraw: { label: 'Withdraw', icon: Undo2 },
}

/** What can be done with a correction; what cannot says why. */
export function Actions({ screen: { correction, reasons, scope } }: { screen: Screen }) {
  const shown = CORRECTION_ACTIONS.filter((action) => action === 'withdraw' || correction.needsSecondPerson)
  return shown.map((action) => {
    const { label, icon } = LOOK[action]
    const reason = reasons[action]
    return reason ? (
      <Button key={action} icon={icon} disabledReason={reason} reasonAlign="end">
        {label}
      </Button>
    ) : (
      <ButtonLink key={action} href={paths.correction(correction.correctionId, { ...scope, do: action })} icon={icon} keepScroll>
        {label}
      </ButtonLink>
    )
  })
}
