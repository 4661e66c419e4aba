import { paths } from '#app/paths.ts'
import { ENDING_WORDS } from '#app/routes/_console/triage-words.ts'
import { Button } from '#app/ui/button.tsx'
import { Input } from '#app/ui/field.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { formatBusinessDate, Time } from '#app/ui/time.tsx'
import { ENDINGS, type Ending } from '#server/domain/triage.ts'
import { ActDialog, Reason, Submit } from './act-parts.tsx'
import { nameOf, type Screen } from './screen.ts'

const PROPOSE: Record<Ending, string> = {
  waived: 'Propose to waive it',
  rejected: 'Propose to reject it',
  done_outside: 'Propose it as done outside',
}

/** An end of the work without its control passing. It is only proposed here. */
export function EndDialog({ screen }: { screen: Screen }) {
  const { exception, reasons, scope, search, computedAt } = screen
  const { exceptionId } = exception
  const ending = search.ending ?? 'waived'
  return (
    <ActDialog
      screen={screen}
      title={`End exception ${exceptionId} without its control passing`}
      act="end"
      against={reasons.end}
      buttons={(isSending) => (
        <Submit isSending={isSending} against={reasons.end}>
          {PROPOSE[ending]}
        </Submit>
      )}
    >
      {(refusal) => (
        <>
          <Tabs
            label="How it ends"
            tabs={ENDINGS.map((value) => ({
              href: paths.exception(exceptionId, { ...scope, do: 'end', ending: value }),
              label: ENDING_WORDS[value].verb,
              current: value === ending,
            }))}
          />
          <p>{ENDING_WORDS[ending].what} A second person decides.</p>
          <input type="hidden" name="ending" value={ending} />
          {ending === 'waived' && (
            <Input
              label="Waived until, inclusive"
              name="until"
              type="date"
              required
              min={computedAt.slice(0, 10)}
              error={refusal?.fields?.until}
            />
          )}
          <Reason refusal={refusal} hint="For whoever decides, and kept in the audit log." />
        </>
      )}
    </ActDialog>
  )
}

type Proposal = NonNullable<Screen['case']['proposal']>

/** 'waive it until 5 Dec 2026'. */
export const proposalWords = ({ ending, until }: Pick<Proposal, 'ending' | 'until'>): string =>
  ending === 'waived'
    ? `waive it until ${until ? formatBusinessDate(until) : 'a date'}`
    : ending === 'rejected'
      ? 'reject it'
      : 'call it done outside'

/** A second person looks at what is proposed, and says yes or no. */
export function DecideDialog({ screen, proposal }: { screen: Screen; proposal: Proposal }) {
  const { exception, reasons } = screen
  return (
    <ActDialog
      screen={screen}
      title={`Decide on exception ${exception.exceptionId}: ${proposalWords(proposal)}?`}
      act="decide"
      against={reasons.decline}
      buttons={(isSending) => (
        <>
          <Button
            type="submit"
            kind="danger"
            name="decision"
            value="declined"
            pending={isSending}
            disabledReason={reasons.decline}
            reasonAlign="end"
          >
            Decline it
          </Button>
          <Button
            type="submit"
            kind="primary"
            name="decision"
            value="approved"
            pending={isSending}
            disabledReason={reasons.approve}
            reasonAlign="end"
          >
            Approve it
          </Button>
        </>
      )}
    >
      {(refusal) => (
        <>
          <p>
            {nameOf(screen, proposal.proposedBy)} proposed to {proposalWords(proposal)},{' '}
            <Time at={proposal.proposedAt} showZone />
            {proposal.reason && `: “${proposal.reason}”`}
          </p>
          <p className="text-ink-2">{ENDING_WORDS[proposal.ending].what}</p>
          <Reason refusal={refusal} required={false} hint="Declining needs one. Kept in the audit log beside your name." />
        </>
      )}
    </ActDialog>
  )
}
