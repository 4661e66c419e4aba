import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { readTotalsView } from '#app/.server/totals-search.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths, type TotalsSearch } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { FilterBar, type Filter } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { readTotals, type TotalsView } from '#app/.server/reads.ts'
import { ChangesTable } from './changes-table.tsx'
import { CheckpointTable } from './checkpoint-table.tsx'
import { PublishedTable } from './published-table.tsx'
import { changedWords, checkpointWords, publishedWords } from './state-words.ts'

export const loader = guarded('totals:read', async (given) => {
  const { search, request } = readTotalsView(given)
  const { context } = given.services
  const totals = await readTotals(context.db, request, context.now())
  return { totals, search, scope: scopeOf(given.scope), publication: given.scope.publication, isPast: given.scope.isPast }
})

export const meta: MetaFunction = () => [{ title: 'Control totals · Finance Control Tower' }]

export default function Totals() {
  const { totals, search, scope, publication, isPast } = useLoaderData<typeof loader>()
  const { view, currency, objectType, system } = search
  const kept: TotalsSearch = { ...scope, currency, objectType, system }
  const to = (next: TotalsSearch) => paths.totals({ ...kept, ...next })
  const frame = { scope: { ...scope, currency, objectType, system }, publication, names: totals.entityNames }
  const footer = (
    <FigureFooter
      asOfPublication={publication || null}
      computedAt={totals.computedAt}
      rows={totals.slices.length}
      rowsAre="slices and currencies"
    />
  )
  return (
    <>
      <PageHeader title="Control totals" state={stateOf(totals, publication)} />
      <Tabs
        label="What to compare"
        tabs={[
          { href: to({}), label: 'Published', current: view === 'published' },
          { href: to({ view: 'checkpoints' }), label: 'Source to loaded', current: view === 'checkpoints' },
          { href: to({ view: 'changes', since: search.since }), label: 'What changed', current: view === 'changes' },
        ]}
      />
      <FilterBar
        action={paths.totals()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), ...(view !== 'published' && { view }) }}
        filters={[...measureFilters(totals), ...filtersOf(totals.choices, { currency, objectType, system })]}
      />
      {totals.view === 'published' && <PublishedTable slices={totals.slices} isPast={isPast} footer={footer} {...frame} />}
      {totals.view === 'checkpoints' && (
        <CheckpointTable slices={totals.slices} measure={totals.measure} footer={footer} {...frame} />
      )}
      {totals.view === 'changes' && (
        <ChangesTable slices={totals.slices} measure={totals.measure} since={totals.since} footer={footer} {...frame} />
      )}
    </>
  )
}

function stateOf(totals: TotalsView, publication: number): string {
  if (totals.view === 'published') return publishedWords(totals.slices)
  if (totals.view === 'checkpoints') return checkpointWords(totals.slices)
  return changedWords(totals.slices, totals.since, publication)
}

function measureFilters(totals: TotalsView): Filter[] {
  if (totals.view === 'published') return []
  if (totals.view === 'checkpoints') {
    const value = totals.measure === 'records' ? '' : totals.measure
    return [{ kind: 'select', name: 'measure', label: 'Measure', value, options: [{ value: '', label: 'Records' }, ...AMOUNTS] }]
  }
  const measures = [
    { value: '', label: 'All differences' },
    { value: 'records', label: 'Records, before and after' },
    ...AMOUNTS.map(({ value, label }) => ({ value, label: `${label}, before and after` })),
  ]
  return [
    { kind: 'text', name: 'since', label: 'Since publication', value: `${totals.since}` },
    { kind: 'select', name: 'measure', label: 'Show', value: totals.measure ?? '', options: measures },
  ]
}

const AMOUNTS = [
  { value: 'debit', label: 'Debit' },
  { value: 'credit', label: 'Credit' },
  { value: 'net', label: 'Net' },
]

type Chosen = { currency?: string; objectType?: string; system?: string }

function filtersOf({ currencies, objectTypes, systems }: TotalsView['choices'], chosen: Chosen): Filter[] {
  const all = { value: '', label: 'All' }
  return [
    {
      kind: 'select',
      name: 'currency',
      label: 'Currency',
      value: chosen.currency ?? '',
      options: [all, ...currencies.map((value) => ({ value, label: value }))],
    },
    {
      kind: 'select',
      name: 'objectType',
      label: 'Kind',
      value: chosen.objectType ?? '',
      options: [all, ...objectTypes.map((value) => ({ value, label: OBJECT_WORDS[value][1] }))],
    },
    {
      kind: 'select',
      name: 'system',
      label: 'System',
      value: chosen.system ?? '',
      options: [all, ...systems.map((value) => ({ value, label: value }))],
    },
  ]
}
