import { CircleUser, Cog, Plug, type LucideIcon } from 'lucide-react'
import type { TimelineRow } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { TECHNICAL_FAILURES, type TechnicalCode } from '#server/domain/errors.ts'
import { EVENT_KINDS, type EventKind } from '#server/domain/timeline.ts'
import type { Screen } from './screen.ts'

const EVENT_WORDS: Readonly<Record<string, string>> = {
  'file.received': 'File received',
  'run.started': 'Run asked for',
  'run.delayed': 'Attempt failed, tried again later',
  'run.failed': 'Run failed',
  'run.held': 'Run held',
  'run.cancelled': 'Run cancelled',
  'run.restarted': 'Run restarted',
  'run.replayed': 'Replay asked for',
  'run.recovered': 'Taken over from a worker that died',
  'run.handed_back': 'Handed back by a worker that stopped',
  'run.found_nothing_new': 'Ended: nothing new',
  'replay.previewed': 'Preview of a replay asked for',
  'load.published': 'Load published',
  'publication.withdrawn': 'Publication rolled back',
  'run.blocked': 'Run waits for other jobs',
  'run.unblocked': 'What it waited for has published',
  'run.scheduled': 'Run started by the clock',
}

const KIND: Record<EventKind, { word: string; icon: LucideIcon }> = {
  person: { word: 'Person', icon: CircleUser },
  system: { word: 'System', icon: Cog },
  integration: { word: 'Source', icon: Plug },
}

/** Everything that happened under the same correlation id: this run, its replays, its rollback, and what the source did. */
export function Timeline({ screen: { timeline, run, scope, search } }: { screen: Screen }) {
  if (!timeline) return null
  return (
    <Section title="Timeline" note="Of this run, its replays and its rollback, newest first.">
      <FilterBar
        action={paths.run(run.runId)}
        keep={{ ...scope, asOf: scope.asOf?.toString(), view: 'timeline' }}
        filters={[
          {
            kind: 'select',
            name: 'events',
            label: 'By',
            value: search.events ?? '',
            options: [{ value: '', label: 'All' }, ...EVENT_KINDS.map((value) => ({ value, label: KIND[value].word }))],
          },
        ]}
      />
      <DataTable
        caption="Timeline"
        rows={timeline}
        rowKey={({ at, what, runId, eventId, detail }) => [at, what, runId, eventId, detail].join(' ')}
        columns={[
          { key: 'at', head: 'At', fit: true, cell: ({ at }) => <Time at={at} seconds /> },
          { key: 'kind', head: 'By', fit: true, cell: ({ kind }) => <By kind={kind} /> },
          { key: 'what', head: 'What', wrap: true, cell: (row) => <What row={row} /> },
          { key: 'who', head: 'Who', fit: true, cell: ({ who }) => who },
          {
            key: 'on',
            head: 'On',
            fit: true,
            cell: (row) => <On row={row} here={run.runId} href={paths.run(row.objectId, scope)} />,
          },
          { key: 'why', head: 'Reason', wrap: true, cell: ({ reason }) => reason },
          {
            key: 'event',
            head: 'Audit event',
            align: 'number',
            cell: ({ eventId }) =>
              eventId !== null && (
                <Link href={paths.auditEvent(eventId)} className="link">
                  {eventId}
                </Link>
              ),
          },
        ]}
        empty={
          <EmptyState title="Nothing of this kind was recorded">
            {search.events ? 'Choose “All” to see everything that happened.' : 'It appears here as soon as something happens.'}
          </EmptyState>
        }
      />
    </Section>
  )
}

function By({ kind }: { kind: EventKind }) {
  const { word, icon: Icon } = KIND[kind]
  return (
    <span className="inline-flex items-center gap-1 text-ink-2">
      <Icon className="icon" aria-hidden />
      {word}
    </span>
  )
}

function What({ row }: { row: TimelineRow }) {
  const { what, detail, count } = row
  if (what === 'attempt.started') return `Attempt ${count} began`
  if (what === 'deliveries.received') {
    return (
      <>
        {counted(count ?? 0, 'artifact')} received
        {count === 1 && <span className="block text-ink-3">{detail}</span>}
      </>
    )
  }
  if (what === 'request.failed') return <FailedRequest row={row} />
  return EVENT_WORDS[what] ?? what
}

function FailedRequest({ row: { detail, code, count } }: { row: TimelineRow }) {
  const words = code !== null && code in TECHNICAL_FAILURES ? TECHNICAL_FAILURES[code as TechnicalCode].title : 'A request failed'
  return (
    <>
      {words}
      {count !== null && <span className="text-ink-3"> (attempt {count})</span>}
      <span className="block text-ink-3 mono">{detail}</span>
    </>
  )
}

function On({ row: { objectType, objectId }, here, href }: { row: TimelineRow; here: number; href: string }) {
  if (objectType !== 'run') return `${objectType} ${objectId}`
  if (objectId === `${here}`) return 'this run'
  return (
    <Link href={href} className="link">
      run {objectId}
    </Link>
  )
}
