import { Amount, Count } from '#app/components/amount.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { View } from './screen.ts'

type Effect = NonNullable<View['asked']>
type Row = Effect['lines'][number]
const ROWS_SHOWN = 60

/** What waits for the code. */
export function Waiting({ effect }: { effect: Effect }) {
  const records = sum(effect.waiting)
  if (records === 0) return <p className="text-ink-2">No record waits because of this code.</p>
  return (
    <>
      <p>
        {counted(records, 'record')} {records === 1 ? 'waits' : 'wait'} because of this code and can pass when their runs are
        replayed.
      </p>
      <EffectTable caption="Records that wait, by entity, period and currency" rows={effect.waiting} head="Records" />
    </>
  )
}

/** What is current and carries the code. */
export function CurrentLines({ effect }: { effect: Effect }) {
  const lines = sum(effect.lines)
  if (lines === 0) return <p className="text-ink-2">No current line of the system carries what this code stands for now.</p>
  return (
    <>
      <p>
        {counted(lines, 'current line')} {lines === 1 ? 'carries' : 'carry'}{' '}
        <span className="mono">{effect.standing.join(', ')}</span>, what the code stands for now. An approval does not touch them:
        they change when the source sends them again or their run is replayed.
      </p>
      {effect.sharedWith.length > 0 && (
        <Notice kind="info" title={`Some of them may be another's: ${effect.sharedWith.join(', ')} mean the same`}>
          A line keeps the canonical code, not the code it came with.
        </Notice>
      )}
      <EffectTable caption="Current lines, by entity, period and currency" rows={effect.lines} head="Lines" />
    </>
  )
}

/** The way on after an approval. */
export function Replays({ effect, scope }: { effect: Effect; scope: Scope }) {
  if (effect.runs.length === 0) return null
  return (
    <ul className="grid gap-1">
      {effect.runs.map(({ runId, job, records }) => (
        <li key={runId}>
          <Link href={paths.run(runId, { ...scope, do: 'replay' })} className="link">
            Preview a replay of run {runId}
          </Link>{' '}
          <span className="text-ink-2">
            <span className="mono">{job}</span>, {counted(records, 'record')} of it
          </span>
        </li>
      ))}
    </ul>
  )
}

function EffectTable({ caption, rows, head }: { caption: string; rows: readonly Row[]; head: string }) {
  return (
    <DataTable
      caption={caption}
      scroll="own"
      className="max-h-[220px] overflow-auto"
      rows={rows.slice(0, ROWS_SHOWN)}
      rowKey={({ entity, period, currency }) => [entity, period, currency].join('|')}
      columns={[
        { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
        { key: 'period', head: 'Period', cell: ({ period }) => (period ? <PeriodLabel period={period} /> : 'n/a') },
        { key: 'records', head, align: 'number', cell: ({ records }) => <Count value={records} /> },
        {
          key: 'amount',
          head: 'Amount',
          align: 'number',
          cell: ({ amount, currency }) => <Amount value={amount} currency={currency} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
      ]}
      empty={null}
      footer={
        rows.length > ROWS_SHOWN ? (
          <p className="figure-foot">
            The first {ROWS_SHOWN} of {counted(rows.length, 'slice')}.
          </p>
        ) : undefined
      }
    />
  )
}

const sum = (rows: readonly Row[]) => rows.reduce((total, row) => total + row.records, 0)
