import { outcomeWords } from '#app/routes/_console/connection-words.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { formatDuration, Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

/** What was asked of the target, and how it ended. */
export function CallsOfDelivery({ screen: { calls } }: { screen: Screen }) {
  if (calls.length === 0) return null
  return (
    <Section title="Requests" note="The newest, each with how it ended.">
      <DataTable
        caption="Requests to the target, newest first"
        scroll={calls.length > 15 ? 'own' : 'page'}
        {...(calls.length > 15 && { className: 'max-h-[420px] overflow-auto' })}
        rows={calls}
        rowKey={({ callId }) => `${callId}`}
        columns={[
          { key: 'at', head: 'When', fit: true, cell: ({ at }) => <Time at={at} seconds /> },
          { key: 'attempt', head: 'Attempt', align: 'number', fit: true, cell: ({ attempt }) => attempt },
          {
            key: 'outcome',
            head: 'Outcome',
            fit: true,
            cell: ({ outcome, retryAfterMs }) => (
              <span className={outcome === 'ok' ? 'text-ink-2' : 'text-broken'} title={outcome}>
                {outcome === 'ok' ? 'Answered' : outcomeWords(outcome)}
                {retryAfterMs !== null && <span className="text-ink-2">, wait {formatDuration(retryAfterMs)}</span>}
              </span>
            ),
          },
          { key: 'ms', head: 'Took', align: 'number', fit: true, cell: ({ ms }) => formatDuration(ms) },
          { key: 'name', head: 'Asked for', wrap: true, cell: ({ name }) => <span className="mono wrap-anywhere">{name}</span> },
        ]}
        empty={null}
      />
    </Section>
  )
}
