import { paths } from '#app/paths.ts'
import { dimensionWords, spanWords } from '#app/routes/_console/mapping-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { MAPPED_DIMENSIONS } from '#server/domain/job.ts'
import type { View } from './screen.ts'

type Entry = View['entries'][number]

const COLUMNS: readonly [Column<Entry>, ...Column<Entry>[]] = [
  { key: 'dimension', head: 'Dimension', fit: true, cell: ({ dimension }) => dimensionWords(dimension) },
  { key: 'source', head: 'Source code', cell: ({ sourceCode }) => <span className="mono">{sourceCode}</span> },
  {
    key: 'canonical',
    head: 'Means',
    cell: ({ canonicalCode, canonicalName }) => (
      <>
        <span className="mono">{canonicalCode}</span> <span className="text-ink-2">{canonicalName}</span>
      </>
    ),
  },
  { key: 'span', head: 'Lines dated', cell: ({ effectiveFrom, effectiveTo }) => spanWords(effectiveFrom, effectiveTo) },
  { key: 'since', head: 'Since version', align: 'number', fit: true, cell: ({ fromVersion }) => fromVersion },
]

/** The entries in force at a version, or what moved between two. */
export function EntriesSection({ view }: { view: View }) {
  const { system, search, scope, version, newest, versions, changes, entries, isCut } = view
  const numbers = [...versions.map((row) => row.version), 0]
  const isPast = version !== newest
  const isComparing = changes !== null
  const earlier = Math.min(search.since ?? 0, version)
  return (
    <Section
      title={
        isComparing
          ? `What moved from version ${earlier} to ${Math.max(search.since ?? 0, version)}`
          : `Entries in force${isPast ? ` at version ${version}` : ''}`
      }
      note={isPast && !isComparing ? `An earlier version: the newest is ${newest}.` : undefined}
    >
      <FilterBar
        action={paths.mapping(system.system)}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          { kind: 'text', name: 'q', label: 'Code', value: search.q ?? '' },
          {
            kind: 'select',
            name: 'dimension',
            label: 'Dimension',
            value: search.do ? '' : (search.dimension ?? ''),
            options: [
              { value: '', label: 'All' },
              ...MAPPED_DIMENSIONS.map((value) => ({ value, label: dimensionWords(value) })),
            ],
          },
          {
            kind: 'select',
            name: 'at',
            label: 'Version',
            value: isPast ? `${version}` : '',
            options: [
              { value: '', label: `Newest (${newest})` },
              ...numbers.filter((n) => n !== newest).map((n) => ({ value: `${n}`, label: `${n}` })),
            ],
          },
          {
            kind: 'select',
            name: 'since',
            label: 'Compare with',
            value: search.since?.toString() ?? '',
            options: [
              { value: '', label: 'No other' },
              ...numbers.filter((n) => n !== version).map((n) => ({ value: `${n}`, label: `Version ${n}` })),
            ],
          },
        ]}
      />
      {isComparing ? (
        <DataTable
          caption="Entries that ended and began between the two versions"
          rows={changes}
          rowKey={({ entryId }) => `${entryId}`}
          columns={[
            {
              key: 'what',
              head: 'Change',
              fit: true,
              cell: ({ fromVersion }) =>
                fromVersion > earlier ? <Badge tone="fine">Began</Badge> : <Badge tone="past">Ended</Badge>,
            },
            ...COLUMNS,
          ]}
          empty={<p className="py-3 text-ink-3">Between these versions nothing moved.</p>}
        />
      ) : (
        <DataTable
          caption="Entries in force"
          rows={entries}
          rowKey={({ entryId }) => `${entryId}`}
          columns={COLUMNS}
          empty={<NoEntries view={view} />}
          footer={
            isCut ? (
              <p className="figure-foot">
                The first {counted(entries.length, 'entry', 'entries')}; narrow the filter for others.
              </p>
            ) : undefined
          }
        />
      )}
    </Section>
  )
}

function NoEntries({ view: { system, search, scope, version } }: { view: View }) {
  if (search.q || (search.dimension && !search.do))
    return (
      <EmptyState
        title="No entry matches"
        actions={<ButtonLink href={paths.mapping(system.system, scope)}>Show all entries</ButtonLink>}
      >
        A code without an entry stands for itself, or for what a job makes of it.
      </EmptyState>
    )
  return (
    <EmptyState title={version === 0 ? 'Nothing is mapped yet' : 'No entry is in force'}>
      Propose a mapping: it holds when somebody else has approved it, for every load from then on.
    </EmptyState>
  )
}
