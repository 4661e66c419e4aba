import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { DeliveryAction } from '#server/domain/delivery.ts'
import type { Screen } from './screen.ts'

const TEXT: Readonly<Record<DeliveryAction, { title: string; submit: string; kind: 'primary' | 'danger'; what: ReactNode }>> = {
  retry: {
    title: 'Retry this delivery now?',
    submit: 'Retry the delivery',
    kind: 'primary',
    what: 'The target is asked first what it has. Only what it lacks is sent; what it refused is offered again. Then its totals are read back.',
  },
  hold: {
    title: 'Hold this delivery?',
    submit: 'Hold the delivery',
    kind: 'primary',
    what: 'Nothing more is sent until somebody retries it. Later publications of the job wait behind it; loads go on.',
  },
  abort: {
    title: 'Abort this delivery?',
    submit: 'Give the delivery up',
    kind: 'danger',
    what: 'The target keeps what it has, which may be a part. What is unknown stays unknown. Later publications are told; their totals may then differ from what was delivered, and that is said.',
  },
}

/** The dialog that the address names, over the delivery it is about. */
export function DeliveryDialog({ screen, refusal }: DialogPart<Screen>) {
  const { delivery, scope, search, reasons } = screen
  const isSending = useIsSending()
  if (!search.do) return null
  const { title, submit, kind, what } = TEXT[search.do]
  const reasonAgainst = reasons[search.do]
  const isGone = search.do === 'retry' && delivery.failureCode === 'target_file_gone'
  const closeHref = paths.delivery(delivery.deliveryId, scope)
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
        <p>{isGone ? 'The file is looked for and read back. It is not placed a second time unless you say so.' : what}</p>
        {isGone && (
          <label className="flex items-center gap-2">
            <input type="checkbox" className="check" name="again" value="yes" />
            Send the file again: the receiver does not have it
          </label>
        )}
        {reasonAgainst && <Notice kind="info" title={reasonAgainst} />}
        <Intent screen={screen} intent={search.do} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
