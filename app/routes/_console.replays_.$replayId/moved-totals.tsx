import { Amount, Count } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { sumDecimals } from '#app/ui/decimal.ts'
import { Delta } from '#app/ui/delta.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { Screen } from './screen.ts'

/** Published totals of each slice before and after: as the rehearsal foretells, or as the replay left them. */
export function MovedTotals({ screen: { slices, pass, runs } }: { screen: Screen }) {
  const isForetold = pass === 'rehearsed'
  const loads = runs.filter(({ isWhole, isPublication }) => isWhole && !isPublication).length
  return (
    <Section
      title={isForetold ? 'Published totals, before and after' : 'Published totals that moved'}
      note={
        isForetold && loads > 1 ? 'held loads are foretold one by one: a record that several bring counts in each' : undefined
      }
    >
      <DataTable
        caption="Published totals by entity, period, version and currency"
        rows={slices}
        rowKey={(s) => [s.system, s.objectType, s.entity, s.period, s.version, s.currency].join('|')}
        columns={[
          { key: 'slice', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
          { key: 'period', head: 'Period', fit: true, cell: (slice) => <MarkedPeriod {...slice} /> },
          { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
          {
            key: 'what',
            head: 'What',
            cell: ({ objectType, system }) => (
              <span className="grid">
                {OBJECT_WORDS[objectType][1]}
                <span className="mono text-ink-3">{system}</span>
              </span>
            ),
          },
          { key: 'before', head: 'Lines before', align: 'number', cell: ({ before }) => <Count value={before.count} /> },
          {
            key: 'after',
            head: 'after',
            align: 'number',
            cell: ({ before, moved }) => <Count value={before.count + moved.count} />,
          },
          {
            key: 'debitBefore',
            head: 'Debit before',
            align: 'number',
            cell: ({ before, currency }) => <Amount value={before.debit} currency={currency} alignTo={2} />,
          },
          {
            key: 'debit',
            head: 'after',
            align: 'number',
            cell: ({ before, moved, currency }) => (
              <Amount value={sumDecimals([before.debit, moved.debit])} currency={currency} alignTo={2} />
            ),
          },
          {
            key: 'moved',
            head: 'Debit, after − before',
            align: 'number',
            cell: ({ moved }) => <Delta value={moved.debit} of="after − before" alignTo={2} />,
          },
          {
            key: 'credit',
            head: 'Credit, after − before',
            align: 'number',
            cell: ({ moved }) => <Delta value={moved.credit} of="after − before" alignTo={2} />,
          },
          { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        ]}
        empty={
          <EmptyState title={isForetold ? 'No published total would move' : 'No published total moved'}>
            {isForetold
              ? 'Nothing of the selection would pass, or it has not been rehearsed to its end.'
              : 'Nothing was published by it yet.'}
          </EmptyState>
        }
      />
    </Section>
  )
}
