import { byteWords, counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { formatDuration, Duration, Time } from '#app/ui/time.tsx'
import { TECHNICAL_FAILURES, type TechnicalCode } from '#server/domain/errors.ts'
import type { Screen } from './screen.ts'

/** What the run asked its source, and how the source answered. */
export function CallsTable({ screen: { trace, run } }: { screen: Screen }) {
  if (!trace) return null
  const { calls, callSums } = trace
  return (
    <Section
      title={`Requests to ${run.system.name}`}
      note={
        callSums.calls > 0
          ? `${counted(callSums.calls, 'request')}, ${callSums.failed === 0 ? 'none failed' : `${callSums.failed} failed`}; ${byteWords(callSums.bytes)} in ${formatDuration(callSums.ms)} of waiting for the source.`
          : undefined
      }
    >
      <DataTable
        caption="Requests to the source, in order"
        rows={calls}
        rowKey={({ callId }) => `${callId}`}
        columns={[
          { key: 'name', head: 'Request', wrap: true, cell: ({ name }) => <span className="mono">{name}</span> },
          { key: 'attempt', head: 'Attempt', align: 'number', cell: ({ attempt }) => attempt },
          { key: 'at', head: 'At', fit: true, cell: ({ startedAt }) => <Time at={startedAt} seconds /> },
          {
            key: 'outcome',
            head: 'Answer',
            fit: true,
            cell: ({ outcome, retryAfterMs }) => <Answer {...{ outcome, retryAfterMs }} />,
          },
          { key: 'bytes', head: 'Bytes', align: 'number', cell: ({ bytes }) => bytes.toLocaleString('en') },
          { key: 'ms', head: 'Took', align: 'number', cell: ({ ms }) => <Duration ms={ms} /> },
        ]}
        empty={<p className="py-3 text-ink-3">This run asked no source: its input was handed over, or stored before.</p>}
        footer={
          callSums.calls > calls.length && (
            <p className="meta">
              The first {calls.length.toLocaleString('en')} of {callSums.calls.toLocaleString('en')} requests.
            </p>
          )
        }
      />
    </Section>
  )
}

function Answer({ outcome, retryAfterMs }: { outcome: string; retryAfterMs: number | null }) {
  if (outcome === 'ok') return 'Answered'
  const title =
    outcome in TECHNICAL_FAILURES ? TECHNICAL_FAILURES[outcome as TechnicalCode].title : 'It failed in a way we do not know yet'
  return (
    <span className="inline-flex items-center gap-2">
      <Badge tone={outcome === 'source_throttled' ? 'attention' : 'broken'} title={outcome}>
        {title}
      </Badge>
      {retryAfterMs !== null && <span className="text-ink-3">asks for {formatDuration(retryAfterMs)}</span>}
    </span>
  )
}
