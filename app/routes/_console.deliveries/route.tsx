import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { readDeliveriesSearch } from '#app/.server/deliveries-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDeliveries } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { DELIVERY_STATUS_LOOK } from '#app/components/delivery-badge.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { NewRows } from '#app/routes/_console/new-rows.tsx'
import { useHeldBack } from '#app/routes/_console/use-held-back.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { DELIVERY_STATUSES, isDeliveryGoing, type DeliveryStatus } from '#server/domain/delivery.ts'
import { DeliveryTable } from './delivery-table.tsx'

export const loader = guarded('runs:read', async (given) => {
  const { search, filter } = readDeliveriesSearch(given)
  const { context } = given.services
  const view = await readDeliveries(context.db, filter, context.now())
  return { ...view, search, scope: scopeOf(given.scope), asOfPublication: given.scope.publication }
})

export const meta: MetaFunction = () => [{ title: 'Deliveries · Finance Control Tower' }]

export default function Deliveries() {
  const { rows, jobs, targets, hasNewer, hasOlder, isLive, search, scope, asOfPublication, computedAt } =
    useLoaderData<typeof loader>()
  const { shown, ...news } = useHeldBack(rows, ({ deliveryId }) => `${deliveryId}`)
  useLive(isLive, ['deliveries'])
  const { before: _, after: __, ...filters } = search
  const view = { ...scope, ...filters }
  const [first, last] = [shown[0], shown.at(-1)]
  const all = { value: '', label: 'All' }
  return (
    <>
      <PageHeader title="Deliveries" state={stateOf(shown)} />
      <FilterBar
        action={paths.deliveries()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'target',
            label: 'Target',
            value: search.target ?? '',
            options: [all, ...targets.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))],
          },
          {
            kind: 'select',
            name: 'status',
            label: 'Status',
            value: search.status ?? '',
            options: [all, ...DELIVERY_STATUSES.map((value) => ({ value, label: DELIVERY_STATUS_LOOK[value].label }))],
          },
          {
            kind: 'select',
            name: 'job',
            label: 'Job',
            value: search.job ?? '',
            options: [all, ...jobs.map(({ name, title }) => ({ value: name, label: `${name} · ${title}` }))],
          },
        ]}
        end={<NewRows {...news} />}
      />
      <DeliveryTable
        rows={shown}
        scope={scope}
        empty={<NoDeliveries isFiltered={Object.values(view).some((value) => value !== undefined)} />}
        footer={
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={shown.length}
            rowsAre="deliveries"
          />
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.deliveries({ ...view, after: `${first.deliveryId}` }) : null}
            olderHref={hasOlder && last ? paths.deliveries({ ...view, before: `${last.deliveryId}` }) : null}
          />
        }
      />
    </>
  )
}

type Row = { readonly status: DeliveryStatus; readonly items: { readonly unknown?: number } }

function stateOf(rows: readonly Row[]): string {
  if (rows.length === 0) return 'No delivery matches.'
  const of = (...statuses: DeliveryStatus[]) => rows.filter(({ status }) => statuses.includes(status)).length
  const unknown = rows.reduce((sum, { items }) => sum + (items.unknown ?? 0), 0)
  const parts = [
    of('failed') > 0 && `${of('failed')} failed`,
    of('refused') > 0 && `${of('refused')} refused`,
    of('held') > 0 && `${of('held')} held`,
    rows.some(({ status }) => isDeliveryGoing(status)) && `${of('pending', 'delivering', 'waiting')} going on`,
    unknown > 0 && `${counted(unknown, 'document')} unknown`,
  ].filter(Boolean)
  const many = counted(rows.length, 'delivery', 'deliveries')
  return `${many} on this page${parts.length > 0 ? `: ${parts.join(', ')}.` : ', all confirmed by their targets or given up.'}`
}

function NoDeliveries({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState
        title="No delivery matches these filters"
        actions={<ButtonLink href={paths.deliveries()}>Show all deliveries</ButtonLink>}
      >
        Deliveries are never deleted, so one that is not here has another target, status, job or scope.
      </EmptyState>
    )
  return (
    <EmptyState title="No target was told of anything yet" actions={<ButtonLink href={paths.jobs()}>Show the jobs</ButtonLink>}>
      A delivery appears here with each publication of a job that has targets.
    </EmptyState>
  )
}
