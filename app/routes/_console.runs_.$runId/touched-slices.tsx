import { Amount, Count } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { sumDecimals } from '#app/ui/decimal.ts'
import type { Checkpoint } from '#server/domain/run.ts'
import type { Screen } from './screen.ts'

type Total = Screen['totals'][number]

type Slice = Pick<Total, 'objectType' | 'entity' | 'period' | 'version' | 'currency' | 'certainty'> & {
  readonly key: string
  readonly counts: Readonly<Partial<Record<Checkpoint, number>>>
  /** Debit of what would be new or changed. */
  readonly debit: string
}

/** Slice by slice, what a replay would bring. Slices where nothing would move come last. */
export function TouchedSlices({ totals }: { totals: readonly Total[] }) {
  const slices = slicesOf(totals)
  if (slices.length === 0) return null
  const count = (checkpoint: Checkpoint) => (slice: Slice) => <Count value={slice.counts[checkpoint] ?? 0} />
  return (
    <DataTable
      caption="What the replay would bring, by entity, period and version"
      scroll="own"
      className="max-h-[280px] overflow-auto"
      rows={slices}
      rowKey={(slice) => slice.key}
      columns={[
        { key: 'slice', head: 'Entity', fit: true, cell: ({ entity, objectType }) => entity || OBJECT_WORDS[objectType][1] },
        { key: 'period', head: 'Period', fit: true, cell: (slice) => (slice.period ? <MarkedPeriod {...slice} /> : null) },
        { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
        { key: 'new', head: 'New', align: 'number', cell: count('new') },
        { key: 'changed', head: 'Changed', align: 'number', cell: count('changed') },
        { key: 'unchanged', head: 'Unchanged', align: 'number', cell: count('unchanged') },
        { key: 'duplicate', head: 'Duplicate', align: 'number', cell: count('duplicate') },
        { key: 'rejected', head: 'Rejected', align: 'number', cell: count('rejected') },
        {
          key: 'debit',
          head: 'Debit of new and changed',
          align: 'number',
          cell: (slice) => (slice.currency ? <Amount value={slice.debit} currency={slice.currency} /> : null),
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
      ]}
      empty={null}
    />
  )
}

function slicesOf(totals: readonly Total[]): Slice[] {
  const groups = new Map<string, Total[]>()
  for (const total of totals) {
    const key = [total.objectType, total.entity, total.period, total.version, total.currency].join('|')
    groups.set(key, [...(groups.get(key) ?? []), total])
  }
  const slices = [...groups].map(([key, of]): Slice => {
    const { objectType, entity, period, version, currency, certainty } = of[0]!
    const counts = Object.fromEntries(of.map(({ checkpoint, count }) => [checkpoint, count])) as Slice['counts']
    const moved = of.filter(({ checkpoint }) => checkpoint === 'new' || checkpoint === 'changed')
    const debit = sumDecimals(moved.map((total) => total.debit))
    return { key, objectType, entity, period, version, currency, certainty, counts, debit }
  })
  const moves = ({ counts }: Slice) => (counts.new ?? 0) + (counts.changed ?? 0) + (counts.rejected ?? 0)
  return slices.sort((a, b) => Number(moves(b) > 0) - Number(moves(a) > 0))
}
