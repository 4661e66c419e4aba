import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { readRatesSearch } from '#app/.server/rates-search.ts'
import { readRates } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { RatesTable } from './rates-table.tsx'

export const loader = guarded('mappings:read', async (given) => {
  const { search, filter } = readRatesSearch(given)
  const { context } = given.services
  const view = await readRates(context.db, filter, context.now())
  return { ...view, search, scope: scopeOf(given.scope), asOfPublication: given.scope.publication }
})

export const meta: MetaFunction = () => [{ title: 'Rates · Finance Control Tower' }]

export default function Rates() {
  const { rows, sources, hasNewer, hasOlder, search, scope, asOfPublication, computedAt } = useLoaderData<typeof loader>()
  const { before: _, after: __, ...filters } = search
  const view = { ...scope, ...filters }
  const [first, last] = [rows[0], rows.at(-1)]
  const all = { value: '', label: 'All' }
  const kinds = [...new Set(sources.flatMap((source) => source.kinds))].sort()
  return (
    <>
      <PageHeader
        title="Rates"
        state={
          rows.length === 0
            ? 'No rate matches.'
            : `${counted(rows.length, 'rate')} on this page, as their sources wrote them. Nothing is translated by itself.`
        }
      />
      <FilterBar
        action={paths.rates()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          { kind: 'text', name: 'pair', label: 'Pair or currency', value: search.pair ?? '', placeholder: 'EUR/USD' },
          {
            kind: 'select',
            name: 'kind',
            label: 'Kind',
            value: search.kind ?? '',
            options: [all, ...kinds.map((value) => ({ value, label: value }))],
          },
          {
            kind: 'select',
            name: 'system',
            label: 'Source',
            value: search.system ?? '',
            options: [all, ...sources.map(({ code, name }) => ({ value: code, label: name }))],
          },
          { kind: 'date', name: 'from', label: 'From', value: search.from ?? '' },
          { kind: 'date', name: 'to', label: 'To', value: search.to ?? '' },
          {
            kind: 'select',
            name: 'versions',
            label: 'Versions',
            value: search.versions ?? '',
            options: [
              { value: '', label: 'That stand' },
              { value: 'all', label: 'All, with history' },
            ],
          },
        ]}
      />
      <RatesTable
        rows={rows}
        empty={<NoRates isFiltered={Object.values(filters).some((value) => value !== undefined)} />}
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={rows.length} rowsAre="rates" />
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.rates({ ...view, after: `${first.memberId}` }) : null}
            olderHref={hasOlder && last ? paths.rates({ ...view, before: `${last.memberId}` }) : null}
          />
        }
      />
    </>
  )
}

function NoRates({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState title="No rate matches these filters" actions={<ButtonLink href={paths.rates()}>Show all rates</ButtonLink>}>
        Weekends and holidays have none of their own: the last one before holds.
      </EmptyState>
    )
  return (
    <EmptyState title="No rate was loaded yet" actions={<ButtonLink href={paths.jobs()}>Show the jobs</ButtonLink>}>
      A job whose records are rates brings them, each version kept.
    </EmptyState>
  )
}
