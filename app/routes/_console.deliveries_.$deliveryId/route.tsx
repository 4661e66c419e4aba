import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key as PageKey, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDeliveryView } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { DeliveryBadge } from '#app/components/delivery-badge.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { ComparedSlices } from '#app/routes/_console/compared-slices.tsx'
import { deliverySentence, documentsOf } from '#app/routes/_console/delivery-words.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { DELIVERY_ACTIONS, ITEM_STATES } from '#server/domain/delivery.ts'
import { Actions } from './actions.tsx'
import { CallsOfDelivery } from './calls-of-delivery.tsx'
import { DeliveryDialog } from './delivery-dialog.tsx'
import { Facts } from './facts.tsx'
import { ItemsTable } from './items-table.tsx'
import { reasonsAgainst } from './reasons-against.ts'
import { StateNotice } from './state-notice.tsx'

const Params = z.object({ deliveryId: Id })
const Search = z.object({
  do: z.enum(DELIVERY_ACTIONS).optional(),
  state: z.enum(ITEM_STATES).optional(),
  after: PageKey.optional(),
})
const Key = z.uuid()
const Why = z
  .string({ error: 'Say why: this is kept for ever' })
  .min(5, 'Say why in at least 5 characters')
  .max(1_000, 'Say it in at most 1,000 characters')
const DeliveryForm = z.object({
  intent: z.enum(DELIVERY_ACTIONS),
  idempotencyKey: Key,
  reason: Why,
  again: z.literal('yes').optional(),
})

export const loader = guarded('runs:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { deliveryId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const view = await readDeliveryView(context.db, { deliveryId, actor, state: search.state, after: search.after }, context.now())
  return {
    ...view,
    search,
    reasons: reasonsAgainst(actor, view.delivery.status),
    scope: scopeOf(scope),
    asOfPublication: scope.publication,
    key: randomUUID(),
  }
})

export const action = guarded('runs:read', async ({ request, params, services, actor, scope }) => {
  const { deliveryId } = readParams(params, Params)
  const { intent, again, ...form } = await readForm(request, DeliveryForm)
  const asked = { deliveryId, actor, ...form }
  switch (intent) {
    case 'retry':
      await services.retryDelivery({ ...asked, again: again === 'yes' })
      break
    case 'hold':
      await services.holdDelivery(asked)
      break
    case 'abort':
      await services.abortDelivery(asked)
      break
  }
  return redirect(paths.delivery(deliveryId, scopeOf(scope)))
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Delivery ${data.delivery.deliveryId}` : 'Delivery'} · Finance Control Tower` },
]

export default function Delivery() {
  const screen = useLoaderData<typeof loader>()
  const { delivery, slices, scope, isLive, computedAt, asOfPublication, search } = screen
  const refusal = useRefusal()
  useLive(isLive, ['deliveries'])
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Deliveries', href: paths.deliveries({ ...scope, target: delivery.system }) },
              { label: `Delivery ${delivery.deliveryId}` },
            ]}
          />
        }
        title={`Publication ${delivery.publication} to ${delivery.systemName}`}
        badge={
          <>
            <DeliveryBadge status={delivery.status} />
            {delivery.simulated && <Badge tone="past">Simulated system</Badge>}
          </>
        }
        state={deliverySentence(delivery)}
        actions={<Actions screen={screen} />}
      />
      {refusal && !search.do && (
        <Notice kind="broken" title={refusal.message ?? 'This was not done'}>
          {refusal.advice}
        </Notice>
      )}
      <StateNotice screen={screen} />
      <Section title="Delivered and confirmed" note="What the documents add up to, and what the target answered for its totals.">
        <ComparedSlices slices={slices} caption="Delivered and confirmed totals by slice and currency" />
      </Section>
      <ItemsTable screen={screen} />
      <Section title="Facts">
        <Facts screen={screen} />
      </Section>
      <CallsOfDelivery screen={screen} />
      <FigureFooter
        asOfPublication={asOfPublication || null}
        computedAt={computedAt}
        rows={documentsOf(delivery)}
        rowsAre="documents"
      />
      <DeliveryDialog screen={screen} refusal={refusal} />
    </>
  )
}
