import { CircleUser, Cog } from 'lucide-react'
import type { HistoryRow } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { changeWords, eventWords } from './history-words.ts'
import { nameOf, type Screen } from './screen.ts'

const KIND = { person: { word: 'Person', icon: CircleUser }, system: { word: 'System', icon: Cog } } as const

/** Everything that happened to it; each row leads to its proof. */
export function History({ screen }: { screen: Screen }) {
  const { exception, history, search, scope, case: asked } = screen
  const { exceptionId } = exception
  return (
    <Section title="History" note={history.isCut ? 'The newest 300 events' : 'Newest first'}>
      <FilterBar
        action={paths.exception(exceptionId)}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'by',
            label: 'By',
            value: search.by ?? '',
            options: [
              { value: '', label: 'People and system' },
              { value: 'person', label: 'People' },
              { value: 'system', label: 'System' },
            ],
          },
        ]}
      />
      <DataTable
        caption="History of this exception"
        rows={history.rows}
        rowKey={({ at, what, runId, eventId, who }) => [at, what, runId, eventId, who].join(' ')}
        columns={[
          { key: 'at', head: 'At', fit: true, cell: ({ at }) => <Time at={at} seconds /> },
          { key: 'by', head: 'By', fit: true, cell: ({ kind }) => <By kind={kind} /> },
          { key: 'who', head: 'Who', fit: true, cell: ({ who }) => who && <span title={who}>{nameOf(screen, who)}</span> },
          { key: 'what', head: 'What', wrap: true, cell: (row) => <What row={row} zone={asked.timeZone} /> },
          { key: 'why', head: 'Reason', wrap: true, cell: ({ reason }) => reason },
          { key: 'proof', head: 'Proof', fit: true, cell: (row) => <Proof row={row} scope={scope} /> },
        ]}
        empty={<EmptyState title="Nothing of this kind happened yet">Choose “People and system” to see everything.</EmptyState>}
      />
    </Section>
  )
}

function By({ kind }: { kind: HistoryRow['kind'] }) {
  const { word, icon: Icon } = KIND[kind]
  return (
    <span className="inline-flex items-center gap-1 text-ink-2">
      <Icon className="icon" aria-hidden />
      {word}
    </span>
  )
}

function What({ row, zone }: { row: HistoryRow; zone: string }) {
  return (
    <>
      {eventWords(row)}
      {row.facts.text && <span className="block text-ink-2">“{row.facts.text}”</span>}
      {changeWords(row, zone).map(({ field, from, to }) => (
        <span key={field} className="block text-ink-2">
          {field}: {from} <span aria-hidden>→</span>
          <span className="visually-hidden">becomes</span> {to}
        </span>
      ))}
    </>
  )
}

function Proof({ row: { runId, eventId }, scope }: { row: HistoryRow; scope: Screen['scope'] }) {
  if (runId !== null)
    return (
      <Link href={paths.run(runId, scope)} className="link">
        run {runId}
      </Link>
    )
  if (eventId === null) return <span className="text-ink-3">n/a</span>
  return (
    <Link href={paths.auditEvent(eventId)} className="link">
      audit event {eventId}
    </Link>
  )
}
