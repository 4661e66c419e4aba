import { Form } from '@remix-run/react'
import { PenLine, RefreshCw, Stamp, Undo2, type LucideIcon } from 'lucide-react'
import { paths } from '#app/paths.ts'
import { PageIntent, useIsSending } from '#app/routes/_console/dialog-parts.tsx'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { SIGN_INTENTS, type SignIntent } from './intents.ts'
import type { Screen } from './screen.ts'

const LOOK: Readonly<Record<SignIntent, { readonly label: string; readonly icon: LucideIcon }>> = {
  prepare: { label: 'Prepare', icon: PenLine },
  certify: { label: 'Certify', icon: Stamp },
  reject: { label: 'Send back', icon: Undo2 },
}

/** What can be done with it; what cannot says why. */
export function Actions({ screen }: { screen: Screen }) {
  const { reconciliation, reasons, scope } = screen
  const isSending = useIsSending()
  return (
    <>
      {SIGN_INTENTS.map((intent) => {
        const { label, icon } = LOOK[intent]
        const reason = reasons[intent]
        return reason ? (
          <Button key={intent} icon={icon} disabledReason={reason} reasonAlign="end">
            {label}
          </Button>
        ) : (
          <ButtonLink
            key={intent}
            href={paths.reconciliation(reconciliation.reconciliationId, { ...scope, do: intent })}
            icon={icon}
            kind={intent === 'reject' ? 'secondary' : 'primary'}
            keepScroll
          >
            {label}
          </ButtonLink>
        )
      })}
      <DownloadLink href={paths.evidencePack(reconciliation.reconciliationId)} kind="ghost">
        Evidence pack
      </DownloadLink>
      <Form method="post" preventScrollReset>
        <PageIntent screen={screen} intent="compare" />
        <Button
          type="submit"
          kind="ghost"
          icon={RefreshCw}
          pending={isSending}
          disabledReason={reasons.compare}
          reasonAlign="end"
        >
          Compare now
        </Button>
      </Form>
    </>
  )
}
