import type { ItemRow } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { ITEM_STATE_LOOK, ItemBadge } from '#app/components/delivery-badge.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths } from '#app/paths.ts'
import { documentsOf } from '#app/routes/_console/delivery-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Time } from '#app/ui/time.tsx'
import { documentOfKey, ITEM_STATES, type ItemState } from '#server/domain/delivery.ts'
import type { Screen } from './screen.ts'

/** The documents of the delivery, by natural key, with what is known of each at the target. */
export function ItemsTable({ screen }: { screen: Screen }) {
  const { delivery, items, next, search, scope } = screen
  const { deliveryId } = delivery
  const at = (state: ItemState | undefined) => paths.delivery(deliveryId, { ...scope, ...(state && { state }) })
  const states = ITEM_STATES.filter((state) => delivery.items[state] || state === search.state)
  const tabs = [
    { label: `All ${documentsOf(delivery).toLocaleString('en')}`, href: at(undefined), current: !search.state },
    ...states.map((state) => ({
      label: `${ITEM_STATE_LOOK[state].label} ${(delivery.items[state] ?? 0).toLocaleString('en')}`,
      href: at(state),
      current: search.state === state,
    })),
  ]
  return (
    <Section title="Documents" note={counted(documentsOf(delivery), 'document')}>
      {states.length > 0 && <Tabs label="Documents by state" tabs={tabs} />}
      <DataTable
        name="documents"
        caption="Documents of this delivery"
        rows={items}
        rowKey={({ itemId }) => `${itemId}`}
        columns={[
          { key: 'key', head: 'Natural key', wrap: true, cell: (item) => <NaturalKey item={item} screen={screen} /> },
          { key: 'state', head: 'At the target', fit: true, cell: ({ state }) => <ItemBadge state={state} /> },
          { key: 'what', head: 'What', fit: true, cell: ({ operation }) => (operation === 'put' ? 'As it stands' : 'Withdrawn') },
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
          { key: 'period', head: 'Period', fit: true, cell: (item) => <MarkedPeriod {...item} /> },
          { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
          { key: 'lines', head: 'Lines', align: 'number', cell: ({ count }) => <Count value={count} /> },
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
          { key: 'reference', head: 'Its reference', wrap: true, cell: (item) => <Reference item={item} /> },
        ]}
        empty={<NoDocuments screen={screen} />}
        pages={
          <Pagination
            newerLabel="First"
            olderLabel="Next"
            newerHref={search.after === undefined ? null : at(search.state)}
            olderHref={
              next === null
                ? null
                : paths.delivery(deliveryId, { ...scope, ...(search.state && { state: search.state }), after: `${next}` })
            }
          />
        }
      />
    </Section>
  )
}

/** Its last part says which document; a click opens its first line. */
function NaturalKey({ item: { naturalKey, lineId, attempts }, screen: { delivery } }: { item: ItemRow; screen: Screen }) {
  const name = documentOfKey(naturalKey)
  const words = (
    <span className="mono wrap-anywhere" title={naturalKey}>
      {name}
    </span>
  )
  return (
    <span className="grid min-w-[18ch]">
      {lineId === null ? (
        words
      ) : (
        <Link href={paths.line(lineId, { asOf: delivery.publication })} className="link">
          {words}
        </Link>
      )}
      {attempts > 1 && <span className="text-ink-3">sent {attempts} times</span>}
    </span>
  )
}

function Reference({ item: { reference, refusal, state, askAfter } }: { item: ItemRow }) {
  if (state === 'refused') return <span className="text-broken wrap-anywhere">{refusal ?? 'refused'}</span>
  if (state === 'unknown')
    return (
      <span className="text-ink-2">
        {askAfter ? (
          <>
            asked after <Time at={askAfter} seconds />
          </>
        ) : (
          'to be asked'
        )}
      </span>
    )
  return reference === null ? <span className="text-ink-3">none</span> : <span className="mono wrap-anywhere">{reference}</span>
}

function NoDocuments({ screen: { delivery, search, scope } }: { screen: Screen }) {
  if (search.state)
    return (
      <EmptyState title={`No document is ${ITEM_STATE_LOOK[search.state].label.toLowerCase()}`}>
        <Link href={paths.delivery(delivery.deliveryId, scope)} className="link">
          Show all documents
        </Link>
      </EmptyState>
    )
  return (
    <EmptyState title="Its documents are not listed yet">
      They are listed when its turn comes, as they stand at publication {delivery.publication}.
    </EmptyState>
  )
}
