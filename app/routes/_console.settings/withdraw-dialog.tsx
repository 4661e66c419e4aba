import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'

type Screen = { readonly key: string; readonly ruleId: number; readonly reason: string | null }

export function WithdrawDialog({ screen, refusal }: DialogPart<Screen>) {
  const { ruleId, reason } = screen
  const closeHref = paths.settings({ view: 'classification' })
  const isSending = useIsSending()
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={`Withdraw rule ${ruleId}`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reason} reasonAlign="end">
              Withdraw the rule
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>It names nothing any more. What it named and is still open is unclassified again; what is closed stays as it was.</p>
        <Intent screen={screen} intent="withdraw" />
        <input type="hidden" name="ruleId" value={ruleId} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
