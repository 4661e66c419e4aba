import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { correctionTitle } from '#app/routes/_console/correction-words.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { CorrectionAction } from '#server/domain/correction.ts'
import type { Screen } from './screen.ts'

type Words = { readonly title: string; readonly submit: string; readonly kind: 'primary' | 'danger'; readonly what: string }
const TEXT: Readonly<Record<CorrectionAction, Words>> = {
  approve: {
    title: 'Approve this correction?',
    submit: 'Approve it',
    kind: 'primary',
    what: 'It applies whenever the record is read from now on. Nothing is loaded by approving alone: replay what waits.',
  },
  refuse: {
    title: 'Refuse this correction?',
    submit: 'Refuse it',
    kind: 'primary',
    what: 'The record goes on being read as it came. Another correction may be proposed.',
  },
  withdraw: {
    title: 'Withdraw this correction?',
    submit: 'Withdraw it',
    kind: 'danger',
    what: 'The record is read as it came again. A line that was loaded with it stays as it is until the record is read: then it is turned back, or waits as an exception where what came does not pass.',
  },
}

/** The dialog that the address names, over the correction it is about. */
export function CorrectionDialog({ screen, refusal }: DialogPart<Screen>) {
  const { correction, scope, search, reasons } = screen
  const isSending = useIsSending()
  if (!search.do) return null
  const { title, submit, kind, what } = TEXT[search.do]
  const reasonAgainst = reasons[search.do]
  const closeHref = paths.correction(correction.correctionId, scope)
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
            <Button type="submit" kind={kind} pending={isSending} disabledReason={reasonAgainst} reasonAlign="end">
              {submit}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          {correctionTitle(correction)}. {correction.proposedBy} says: {correction.reason}
        </p>
        <p>{what}</p>
        {reasonAgainst && <Notice kind="info" title={reasonAgainst} />}
        <Intent screen={screen} intent={search.do} />
        <input type="hidden" name="revision" value={correction.revision} />
        {search.do === 'approve' ? (
          <Textarea label="Reason" name="reason" maxLength={1000} error={refusal?.fields?.reason} hint="Kept beside your name." />
        ) : (
          <ReasonField refusal={refusal} />
        )}
      </Dialog>
    </Form>
  )
}
