import { DeliveryBadge } from '#app/components/delivery-badge.tsx'
import { paths } from '#app/paths.ts'
import { ComparedSlices } from '#app/routes/_console/compared-slices.tsx'
import { deliverySentence } from '#app/routes/_console/delivery-words.ts'
import { ItemCounts } from '#app/routes/_console/item-counts.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { Screen } from './screen.ts'

/** What targets were told of what the run published, and whether they have it. It is no part of the run's own success. */
export function Delivered({ screen: { delivered, scope } }: { screen: Screen }) {
  if (delivered.length === 0) return null
  const rows = delivered.map(({ delivery }) => delivery)
  return (
    <Section title="Deliveries" note={`To ${counted(rows.length, 'target')}, each in the order of publications.`}>
      <DataTable
        caption="Deliveries of this publication"
        rows={rows}
        rowKey={({ deliveryId }) => `${deliveryId}`}
        href={({ deliveryId }) => paths.delivery(deliveryId, scope)}
        columns={[
          { key: 'delivery', head: 'Delivery', fit: true, cell: ({ deliveryId }) => deliveryId },
          { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <DeliveryBadge status={status} /> },
          {
            key: 'target',
            head: 'Target',
            cell: ({ systemName, simulated }) => `${systemName}${simulated ? ', simulated' : ''}`,
          },
          { key: 'documents', head: 'Documents', cell: (row) => <ItemCounts {...row} scope={scope} /> },
          {
            key: 'other',
            head: 'Makes good',
            fit: true,
            cell: ({ compensates, compensatedBy }) => <Other {...{ compensates, compensatedBy, scope }} />,
          },
          {
            key: 'sentence',
            head: 'How it stands',
            wrap: true,
            cell: (row) => <span className="text-ink-2">{deliverySentence(row)}</span>,
          },
        ]}
        empty={null}
      />
      {delivered
        .filter(({ slices }) => slices.length > 0)
        .map(({ delivery, slices }) => (
          <Disclosure
            key={delivery.deliveryId}
            open={delivery.differing > 0}
            summary={`${delivery.systemName}: ${counted(slices.length, 'slice')} read back, ${delivery.differing === 0 ? 'all tie' : `${counted(delivery.differing, 'slice')} not as delivered`}`}
          >
            <ComparedSlices slices={slices} caption={`Delivered and confirmed totals at ${delivery.systemName}`} />
          </Disclosure>
        ))}
    </Section>
  )
}

type OtherProps = { compensates: number | null; compensatedBy: number | null; scope: Screen['scope'] }

function Other({ compensates, compensatedBy, scope }: OtherProps) {
  const id = compensates ?? compensatedBy
  if (id === null) return <span className="text-ink-3">none</span>
  return (
    <span className="whitespace-nowrap">
      {compensates === null && 'made good by '}
      <Link href={paths.delivery(id, scope)} className="link">
        delivery {id}
      </Link>
    </span>
  )
}
