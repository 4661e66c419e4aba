import type { ReactNode } from 'react'
import { useState } from 'react'
import { paths } from '#app/paths.ts'
import { Refused } from '#app/routes/_console/dialog-parts.tsx'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { RefusedAnswer, Screen } from './screen.ts'
import { useAct } from './use-act.ts'

/** Which exception, as the person saw it, and the key that makes asking twice the same as asking once. */
export function Seen({ screen: { exception, key } }: { screen: Screen }) {
  return (
    <>
      <input type="hidden" name="chosen" value={`${exception.exceptionId}:${exception.revision}`} autoComplete="off" />
      <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
    </>
  )
}

type ActDialogProps = {
  screen: Screen
  title: string
  act: string
  /** Why this person cannot send it. */
  against: string | null
  /** The buttons that send it, the effective one last. */
  buttons: (isSending: boolean) => ReactNode
  children: (refusal: RefusedAnswer) => ReactNode
}

/** A dialog of the address around one act. It keeps what was seen when it opened, so that a change meanwhile is told. */
export function ActDialog({ screen: given, title, act, against, buttons, children }: ActDialogProps) {
  const [screen] = useState(given)
  const { exceptionId } = screen.exception
  const closeHref = paths.exception(exceptionId, screen.scope)
  const { Form, refusal: told, isSending } = useAct(exceptionId, { closeHref })
  // Without a script the form is sent as any other.
  const sent = useRefusal()
  const refusal = told ?? sent
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={title}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            {buttons(isSending)}
          </>
        }
      >
        <Refused refusal={refusal} />
        {against && <Notice kind="info" title={against} />}
        <Seen screen={screen} />
        <input type="hidden" name="act" value={act} />
        {children(refusal)}
      </Dialog>
    </Form>
  )
}

type SubmitProps = { isSending: boolean; against: string | null; children: ReactNode }

export const Submit = ({ isSending, against, children }: SubmitProps) => (
  <Button type="submit" kind="primary" pending={isSending} disabledReason={against} reasonAlign="end">
    {children}
  </Button>
)

type ReasonProps = { refusal: RefusedAnswer; hint?: string; required?: boolean }

export const Reason = ({ refusal, hint = 'Kept in the audit log beside your name.', required = true }: ReasonProps) => (
  <Textarea
    label="Reason"
    name="reason"
    required={required}
    minLength={5}
    maxLength={1000}
    error={refusal?.fields?.reason}
    hint={hint}
  />
)
