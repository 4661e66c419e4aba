import { Form } from '@remix-run/react'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button } from '#app/ui/button.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Screen = {
  readonly key: string
  readonly revision: number
  readonly reason: string | null
  readonly named: { readonly ruleId: number | null } | null
}

export function TakeBack({ screen, refusal }: DialogPart<Screen>) {
  const { reason, revision, named } = screen
  const isSending = useIsSending()
  const byRule = named?.ruleId ? `Rule ${named.ruleId} was kept of it: withdraw that one in the settings.` : null
  return (
    <Section title="Take the name back">
      <Form method="post" className="grid max-w-3xl gap-3">
        <Refused refusal={refusal} />
        <p>It is unclassified again, and with IT.</p>
        <Intent screen={screen} intent="take_back" />
        <input type="hidden" name="revision" value={revision} />
        <ReasonField refusal={refusal} />
        <div>
          <Button type="submit" kind="primary" pending={isSending} disabledReason={reason ?? byRule}>
            Take it back
          </Button>
        </div>
      </Form>
    </Section>
  )
}
