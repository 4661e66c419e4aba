import { Form, useNavigation } from '@remix-run/react'
import { useState } from 'react'
import { paths } from '#app/paths.ts'
import { dimensionWords, spanWords } from '#app/routes/_console/mapping-words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Time } from '#app/ui/time.tsx'
import { CurrentLines, Replays, Waiting } from './effect.tsx'
import type { DialogPart, View } from './screen.ts'

type Draft = NonNullable<View['draft']>

/** A proposal with what it would change: to approve, to reject, or, once decided, to see what to do next. */
export function DecideDialog({ view, refusal, draft }: DialogPart & { draft: Draft }) {
  const { system, scope, newest } = view
  const { proposal } = draft
  const closeHref = paths.mapping(system.system, scope)
  const [key] = useState(view.key)
  const isSending = useNavigation().formMethod === 'POST'
  const isDraft = proposal.state === 'draft'
  const against = reasonAgainst(view, draft)
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        size="wide"
        title={`Proposal ${proposal.proposalId}: ${titleOf(proposal)}`}
        closeHref={closeHref}
        actions={
          isDraft ? (
            <>
              <ButtonLink href={closeHref} keepScroll>
                Decide later
              </ButtonLink>
              <Button
                type="submit"
                kind="danger"
                name="decision"
                value="rejected"
                pending={isSending}
                disabledReason={against.reject}
                reasonAlign="end"
              >
                Reject it
              </Button>
              <Button
                type="submit"
                kind="primary"
                name="decision"
                value="approved"
                pending={isSending}
                disabledReason={against.approve}
                reasonAlign="end"
              >
                {`Approve it as version ${newest + 1}`}
              </Button>
            </>
          ) : (
            <ButtonLink href={closeHref} keepScroll>
              Close
            </ButtonLink>
          )
        }
      >
        {refusal && <Notice kind="broken" title={refusal.message ?? 'It was not decided, and it is our fault'} />}
        {!isDraft && <Decided draft={draft} scope={scope} />}
        <p>
          Proposed by {proposal.proposedBy}, <Time at={proposal.proposedAt} />: “{proposal.reason}”
        </p>
        {isDraft && (
          <>
            {draft.refused === null ? (
              <Moves draft={draft} />
            ) : (
              <Notice kind="attention" title={`It cannot be approved any more: ${draft.refused}`} />
            )}
            <Waiting effect={draft.effect} />
            <CurrentLines effect={draft.effect} />
            <input type="hidden" name="intent" value="decide" />
            <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
            <input type="hidden" name="proposal" value={proposal.proposalId} />
            <input type="hidden" name="seenVersion" value={newest} />
            <Textarea
              label="Reason"
              name="reason"
              maxLength={1000}
              error={refusal?.fields?.reason}
              hint="A rejection needs one."
            />
          </>
        )}
      </Dialog>
    </Form>
  )
}

function Decided({ draft: { proposal, effect }, scope }: { draft: Draft; scope: View['scope'] }) {
  const by = `by ${proposal.decidedBy}`
  if (proposal.state === 'rejected')
    return (
      <Notice kind="attention" title={`Rejected ${by}`}>
        {proposal.decisionReason}
      </Notice>
    )
  return (
    <>
      <Notice kind="success" title={`Approved ${by}: version ${proposal.version}`}>
        Every load that begins from now on is mapped with it.
      </Notice>
      {effect.runs.length > 0 && (
        <>
          <p>These runs hold records that waited for it. A replay with today's rules judges them again:</p>
          <Replays effect={effect} scope={scope} />
        </>
      )}
    </>
  )
}

function Moves({ draft: { closed, opened } }: { draft: Draft }) {
  const rows = [...closed.map((entry) => ({ ...entry, isNew: false })), ...opened.map((entry) => ({ ...entry, isNew: true }))]
  return (
    <DataTable
      caption="Entries that would end and begin"
      rows={rows}
      rowKey={(row) => [row.isNew, row.canonicalCode, row.effectiveFrom].join('|')}
      columns={[
        {
          key: 'what',
          head: 'Change',
          fit: true,
          cell: ({ isNew }) => (isNew ? <Badge tone="fine">Begins</Badge> : <Badge tone="past">Ends</Badge>),
        },
        { key: 'source', head: 'Source code', cell: ({ sourceCode }) => <span className="mono">{sourceCode}</span> },
        { key: 'canonical', head: 'Means', cell: ({ canonicalCode }) => <span className="mono">{canonicalCode}</span> },
        { key: 'span', head: 'Lines dated', cell: ({ effectiveFrom, effectiveTo }) => spanWords(effectiveFrom, effectiveTo) },
      ]}
      empty={null}
    />
  )
}

/** By role first, then by who proposed it, then by what it is. */
function reasonAgainst({ reasons, me }: View, { proposal, refused }: Draft) {
  const both = reasons.decide ?? (proposal.proposedBy === me ? 'You proposed it: somebody else approves or rejects it.' : null)
  return { reject: both, approve: both ?? (refused === null ? null : `It cannot be approved any more: ${refused}.`) }
}

function titleOf({ dimension, sourceCode, canonicalCode, effectiveFrom, effectiveTo }: Draft['proposal']): string {
  const what = `${dimensionWords(dimension).toLowerCase()} ${sourceCode}`
  const when = effectiveFrom === '' && effectiveTo === '' ? '' : `, ${spanWords(effectiveFrom, effectiveTo)}`
  return canonicalCode === null ? `${what} is no longer mapped${when}` : `${what} means ${canonicalCode}${when}`
}
