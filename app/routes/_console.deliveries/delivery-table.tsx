import type { ReactNode } from 'react'
import type { ToldRow } from '#app/.server/reads.ts'
import { DeliveryBadge } from '#app/components/delivery-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { deliverySentence } from '#app/routes/_console/delivery-words.ts'
import { ItemCounts } from '#app/routes/_console/item-counts.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'

type Props = { rows: readonly ToldRow[]; scope: Scope; empty: ReactNode; footer?: ReactNode; pages?: ReactNode }

export function DeliveryTable({ rows, scope, ...frame }: Props) {
  return (
    <DataTable
      name="deliveries"
      caption="Deliveries, newest first"
      rows={rows}
      rowKey={({ deliveryId }) => `${deliveryId}`}
      href={({ deliveryId }) => paths.delivery(deliveryId, scope)}
      columns={[
        { key: 'delivery', head: 'Delivery', fit: true, cell: ({ deliveryId }) => deliveryId },
        { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <DeliveryBadge status={status} /> },
        { key: 'target', head: 'Target', cell: (row) => <Target row={row} /> },
        { key: 'job', head: 'Job', cell: ({ job }) => <span className="mono">{job}</span> },
        {
          key: 'publication',
          head: 'Publication',
          align: 'number',
          cell: ({ publication, runId }) => (
            <Link href={paths.run(runId, scope)} className="link-quiet">
              {publication}
            </Link>
          ),
        },
        { key: 'documents', head: 'Documents', cell: (row) => <ItemCounts {...row} scope={scope} /> },
        { key: 'made', head: 'Made', fit: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
        {
          key: 'sentence',
          head: 'How it stands',
          wrap: true,
          cell: (row) => (
            <span className="line-clamp-2 text-ink-2" title={deliverySentence(row)}>
              {row.compensates !== null && `Makes good delivery ${row.compensates}. `}
              {deliverySentence(row)}
            </span>
          ),
        },
      ]}
      {...frame}
    />
  )
}

function Target({ row: { system, systemName, simulated, target } }: { row: ToldRow }) {
  return (
    <span className="grid max-w-[26ch] min-w-[16ch] py-1" title={`${systemName}, which the job calls ${target}`}>
      <span className="truncate">{systemName}</span>
      <span className="truncate text-ink-3">
        <span className="mono">{system}</span>
        {simulated && ', simulated'}
      </span>
    </span>
  )
}
