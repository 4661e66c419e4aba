import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { Screen } from './screen.ts'

/** The dialog that the address names, over the proposal it is about. */
export function DecideDialog({ screen, refusal }: DialogPart<Screen>) {
  const { proposal, against, scope, search } = screen
  const isSending = useIsSending()
  if (!search.do) return null
  const isApproval = search.do === 'approve'
  const closeHref = paths.definitionProposal(proposal.proposalId, scope)
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={isApproval ? 'Approve this definition?' : 'Decline this definition?'}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={against} reasonAlign="end">
              {isApproval ? 'Approve it' : 'Decline it'}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          {proposal.proposedBy} proposes it. What it lets through: {proposal.why}.
        </p>
        <p>
          {isApproval
            ? 'It is in force at once. What is not certified is compared by it; what is certified keeps its version until it moves.'
            : 'Everything stays as it is. Another may be proposed.'}
        </p>
        {against && <Notice kind="info" title={against} />}
        <Intent screen={screen} intent={search.do} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
