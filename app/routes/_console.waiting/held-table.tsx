import type { ReactNode } from 'react'
import { Amount, Count } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import type { ObjectType } from '#server/domain/record.ts'

type Row = {
  readonly runId: number
  readonly system: string
  readonly objectType: ObjectType
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly currency: string
  readonly records: number
  readonly debit: string
  readonly credit: string
  readonly certainty: Certainty
}

/** What passed in loads that are held, one row a slice and currency. */
export function HeldTable({ rows, scope, footer }: { rows: readonly Row[]; scope: Scope; footer: ReactNode }) {
  return (
    <DataTable
      caption="Slices of loads that are held, newest run first"
      rows={rows}
      rowKey={({ runId, objectType, entity, period, version, currency }) =>
        [runId, objectType, entity, period, version, currency].join(' ')
      }
      href={({ runId, entity, period, version }) => paths.run(runId, { ...scope, entity, period, version })}
      columns={[
        { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => runId },
        {
          key: 'kind',
          head: 'Kind',
          fit: true,
          cell: ({ objectType, system }) => (
            <>
              {OBJECT_WORDS[objectType][1]} <span className="mono text-ink-3">{system}</span>
            </>
          ),
        },
        { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
        { key: 'period', head: 'Period', fit: true, cell: (row) => <MarkedPeriod {...row} /> },
        { key: 'version', head: 'Version', cell: ({ version }) => version },
        { key: 'records', head: 'Records', align: 'number', cell: ({ records }) => <Count value={records} /> },
        {
          key: 'debit',
          head: 'Debit',
          align: 'number',
          cell: ({ debit, currency }) => <Amount value={debit} currency={currency} alignTo={2} />,
        },
        {
          key: 'credit',
          head: 'Credit',
          align: 'number',
          cell: ({ credit, currency }) => <Amount value={credit} currency={currency} alignTo={2} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
      ]}
      empty={
        <EmptyState title="No load is held here">
          A load whose control fails is held whole: nothing of it is published until its cause is mended.
        </EmptyState>
      }
      footer={footer}
    />
  )
}
