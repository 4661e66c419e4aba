import { paths } from '#app/paths.ts'
import { dimensionWords, spanWords } from '#app/routes/_console/mapping-words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import type { View } from './screen.ts'

type Proposal = View['proposals'][number]

const Change = ({ dimension, sourceCode, canonicalCode }: Pick<Proposal, 'dimension' | 'sourceCode' | 'canonicalCode'>) => (
  <>
    {dimensionWords(dimension)} <span className="mono">{sourceCode}</span>{' '}
    {canonicalCode === null ? (
      'is no longer mapped'
    ) : (
      <>
        means <span className="mono">{canonicalCode}</span>
      </>
    )}
  </>
)

/** What waits for somebody else. */
export function DraftsSection({ view: { proposals, system, scope, me } }: { view: View }) {
  const drafts = proposals.filter(({ state }) => state === 'draft')
  if (drafts.length === 0) return null
  const open = ({ proposalId }: Proposal) => paths.mapping(system.system, { ...scope, proposal: `${proposalId}` })
  return (
    <Section title="Wait for approval" note="Nothing of them holds yet. Who proposed one does not approve it.">
      <DataTable
        caption="Proposals that wait for approval"
        rows={drafts}
        rowKey={({ proposalId }) => `${proposalId}`}
        href={open}
        columns={[
          { key: 'change', head: 'Proposal', cell: (row) => <Change {...row} /> },
          { key: 'span', head: 'Lines dated', cell: ({ effectiveFrom, effectiveTo }) => spanWords(effectiveFrom, effectiveTo) },
          { key: 'by', head: 'Proposed by', fit: true, cell: ({ proposedBy }) => (proposedBy === me ? 'you' : proposedBy) },
          { key: 'at', head: 'At', fit: true, cell: ({ proposedAt }) => <Time at={proposedAt} /> },
          { key: 'reason', head: 'Why', wrap: true, cell: ({ reason }) => <span className="text-ink-2">{reason}</span> },
          {
            key: 'do',
            head: 'What to do',
            fit: true,
            cell: (row) => (
              <ButtonLink size="small" href={open(row)} keepScroll>
                See its effect
              </ButtonLink>
            ),
          },
        ]}
        empty={null}
      />
    </Section>
  )
}

export function VersionsSection({ view: { versions, system, scope, version } }: { view: View }) {
  return (
    <Section
      title="Versions"
      note="A version is never edited: an approval is the next one. A run keeps the version it began with."
    >
      <DataTable
        caption="Versions of this mapping, newest first"
        rows={versions}
        rowKey={(row) => `${row.version}`}
        href={(row) => paths.mapping(system.system, { ...scope, at: `${row.version}` })}
        selectedKey={`${version}`}
        columns={[
          { key: 'version', head: 'Version', fit: true, cell: (row) => row.version },
          { key: 'change', head: 'What changed', cell: (row) => <Change {...row} /> },
          { key: 'proposed', head: 'Proposed by', fit: true, cell: ({ proposedBy }) => proposedBy },
          { key: 'approved', head: 'Approved by', fit: true, cell: ({ approvedBy }) => approvedBy },
          { key: 'at', head: 'At', fit: true, cell: ({ approvedAt }) => <Time at={approvedAt} /> },
          { key: 'reason', head: 'Why', wrap: true, cell: ({ reason }) => <span className="text-ink-2">{reason}</span> },
        ]}
        empty={<EmptyState title="There is no version yet">The first approval makes version 1.</EmptyState>}
      />
    </Section>
  )
}

export function RejectedSection({ view: { proposals, system, scope } }: { view: View }) {
  const rejected = proposals.filter(({ state }) => state === 'rejected')
  if (rejected.length === 0) return null
  return (
    <Section title="Rejected proposals">
      <DataTable
        caption="Rejected proposals, newest first"
        rows={rejected}
        rowKey={({ proposalId }) => `${proposalId}`}
        href={({ proposalId }) => paths.mapping(system.system, { ...scope, proposal: `${proposalId}` })}
        columns={[
          { key: 'change', head: 'Proposal', cell: (row) => <Change {...row} /> },
          { key: 'by', head: 'Proposed by', fit: true, cell: ({ proposedBy }) => proposedBy },
          { key: 'decided', head: 'Rejected by', fit: true, cell: ({ decidedBy }) => decidedBy },
          { key: 'at', head: 'At', fit: true, cell: ({ decidedAt }) => (decidedAt ? <Time at={decidedAt} /> : null) },
          {
            key: 'reason',
            head: 'Why',
            wrap: true,
            cell: ({ decisionReason }) => <span className="text-ink-2">{decisionReason}</span>,
          },
        ]}
        empty={null}
      />
    </Section>
  )
}
