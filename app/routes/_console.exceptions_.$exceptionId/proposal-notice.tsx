import { Scale, Undo2 } from 'lucide-react'
import { Button } from '#app/ui/button.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Time } from '#app/ui/time.tsx'
import { AtOnce, Opens } from './acts.tsx'
import { proposalWords } from './ending-dialogs.tsx'
import { nameOf, type Screen } from './screen.ts'

/** What waits for a second person. */
export function ProposalNotice({ screen }: { screen: Screen }) {
  const { case: asked, reasons, me } = screen
  const { proposal } = asked
  if (!proposal) return null
  const isMine = proposal.proposedBy === me
  return (
    <Notice
      kind="attention"
      title={`${isMine ? 'You' : nameOf(screen, proposal.proposedBy)} proposed to ${proposalWords(proposal)}. Nothing has changed yet`}
      action={
        <span className="flex flex-wrap gap-2">
          {isMine && (
            <AtOnce screen={screen} fields={{ act: 'decide', decision: 'withdrawn' }} icon={Undo2} against={reasons.withdraw}>
              Withdraw it
            </AtOnce>
          )}
          {reasons.approve && reasons.decline ? (
            <Button icon={Scale} disabledReason={reasons.approve} reasonAlign="end">
              Approve it
            </Button>
          ) : (
            <Opens screen={screen} does="decide" icon={Scale} against={null} kind="primary">
              Decide
            </Opens>
          )}
        </span>
      }
    >
      {proposal.reason && <p>“{proposal.reason}”</p>}
      <p>
        <Time at={proposal.proposedAt} showZone />. Who proposed it does not decide on it.
      </p>
    </Notice>
  )
}
