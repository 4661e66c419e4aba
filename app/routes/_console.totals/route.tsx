import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { readTotalsView } from '#app/.server/totals-search.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths, type TotalsSearch } from '#app/paths.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { FilterBar, type Filter } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { readTotals, type TotalsView } from '#app/.server/reads.ts'
import { ChangesTable } from './changes-table.tsx'
import { CheckpointTable } from './checkpoint-table.tsx'
import { FIGURE_WORDS, PivotTable } from './pivot-table.tsx'
import { shownPart } from './shown-part.ts'
import { PublishedTable } from './published-table.tsx'
import { changedWords, checkpointWords, pivotWords, publishedWords } from './state-words.ts'
import { TrendView } from './trend-view.tsx'

export const loader = guarded('totals:read', async (given) => {
  const { search, request } = readTotalsView(given)
  const { context } = given.services
  const totals = await readTotals(context.db, request, context.now())
  const { publication, isPast } = given.scope
  return {
    ...shownPart(totals, search),
    state: stateOf(totals, publication),
    search,
    scope: scopeOf(given.scope),
    publication,
    isPast,
  }
})

export const meta: MetaFunction = () => [{ title: 'Control totals · Finance Control Tower' }]

export default function Totals() {
  const data = useLoaderData<typeof loader>()
  const { totals, search, scope, publication, isPast, state, foldable, opened } = data
  const { view, measure, currency, objectType, system, by, next, across, figure } = search
  const kept: TotalsSearch = { ...scope, currency, objectType, system }
  const made: TotalsSearch = {
    ...(by !== 'entity' && { by }),
    next,
    ...(across !== 'checkpoints' && { across }),
    ...(figure !== 'published' && { figure }),
  }
  const here: TotalsSearch = {
    ...kept,
    view: view === 'pivot' ? undefined : view,
    measure,
    since: search.since,
    ...(view === 'pivot' && made),
  }
  const to = (other: TotalsSearch) => paths.totals({ ...kept, ...other })
  const frame = { scope: kept, publication, names: totals.entityNames }
  const given = { ...scope, system }
  const footer = <Footer data={data} />
  return (
    <>
      <PageHeader title="Control totals" state={state} />
      <Tabs
        label="What to compare"
        tabs={[
          { href: to({ measure: amountOf(measure) }), label: 'By entity and period', current: view === 'pivot' },
          { href: to({ view: 'periods', measure: amountOf(measure) }), label: 'Over periods', current: view === 'periods' },
          { href: to({ view: 'published' }), label: 'Published slices', current: view === 'published' },
          { href: to({ view: 'checkpoints', measure }), label: 'Source to loaded', current: view === 'checkpoints' },
          { href: to({ view: 'changes', since: search.since }), label: 'What changed', current: view === 'changes' },
        ]}
      />
      <FilterBar
        action={paths.totals()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), ...(view !== 'pivot' && { view }) }}
        filters={[
          ...(view === 'pivot' ? shapeFilters(search) : []),
          ...measureFilters(totals),
          ...filtersOf(totals.choices, { currency, objectType, system }),
        ]}
        end={totals.view === 'pivot' && <FoldAll here={here} hasRows={foldable.length > 0} />}
      />
      {totals.view === 'pivot' && (
        <PivotTable
          view={totals}
          by={by}
          below={belowOf(search)}
          across={across === 'checkpoints' ? null : across}
          figure={figure}
          foldable={foldable}
          opened={opened}
          here={here}
          given={given}
          footer={footer}
        />
      )}
      {totals.view === 'periods' && <TrendView view={totals} given={given} here={kept} footer={footer} />}
      {totals.view === 'published' && <PublishedTable slices={totals.slices} isPast={isPast} footer={footer} {...frame} />}
      {totals.view === 'checkpoints' && (
        <CheckpointTable slices={totals.slices} measure={totals.measure} footer={footer} {...frame} />
      )}
      {totals.view === 'changes' && (
        <ChangesTable slices={totals.slices} measure={totals.measure} since={totals.since} footer={footer} {...frame} />
      )}
      <Pages data={data} to={(page) => paths.totals({ ...here, page: page === 1 ? undefined : page })} />
    </>
  )
}

type Data = ReturnType<typeof useLoaderData<typeof loader>>

const Footer = ({ data: { totals, publication, count, opened, foldable } }: { data: Data }) => (
  <FigureFooter
    asOfPublication={publication || null}
    computedAt={totals.computedAt}
    rows={count}
    rowsAre={
      totals.slices.length > 0 && totals.slices.length < count
        ? `slices and currencies, ${totals.slices.length} of them here`
        : opened.length > 0 && opened.length < foldable.length
          ? `slices and currencies; unfolded: ${opened.length} of ${foldable.length}`
          : 'slices and currencies'
    }
  />
)

function Pages({ data: { search, hasMore }, to }: { data: Data; to: (page: number) => string }) {
  const { page } = search
  if (page === 1 && !hasMore) return null
  return (
    <div className="table-foot">
      <Pagination
        newerHref={page === 1 ? null : to(page - 1)}
        olderHref={hasMore ? to(page + 1) : null}
        newerLabel="Back"
        olderLabel="Next"
      />
    </div>
  )
}

/** The pivot begins with debit, the other views with records. */
const amountOf = (measure: Data['search']['measure']) => (measure === 'debit' ? undefined : measure)

function FoldAll({ here, hasRows }: { here: TotalsSearch; hasRows: boolean }) {
  if (!hasRows) return null
  return (
    <>
      <ButtonLink size="small" kind="ghost" href={paths.totals({ ...here, open: 'all' })} keepScroll>
        Unfold all
      </ButtonLink>
      <ButtonLink size="small" kind="ghost" href={paths.totals({ ...here, open: 'none' })} keepScroll>
        Fold all
      </ButtonLink>
    </>
  )
}

function stateOf(totals: TotalsView, publication: number): string {
  if (totals.view === 'pivot' || totals.view === 'periods') return pivotWords(totals.slices)
  if (totals.view === 'published') return publishedWords(totals.slices)
  if (totals.view === 'checkpoints') return checkpointWords(totals.slices)
  return changedWords(totals.slices, totals.since, publication)
}

function shapeFilters(search: Data['search']): Filter[] {
  const { by, across, figure } = search
  const other = by === 'entity' ? 'period' : 'entity'
  const columns = [
    { value: '', label: 'Source to published' },
    ...(['period', 'entity', 'version'] as const)
      .filter((name) => name !== by)
      .map((value) => ({ value, label: DIMENSION_WORDS[value] })),
  ]
  return [
    {
      kind: 'select',
      name: 'by',
      label: 'Rows',
      value: by === 'entity' ? '' : by,
      options: [
        { value: '', label: 'Entities' },
        { value: 'period', label: 'Periods' },
      ],
    },
    {
      kind: 'select',
      name: 'next',
      label: 'then',
      value: search.next ?? '',
      options: [
        { value: '', label: across === other ? 'nothing' : DIMENSION_WORDS[other] },
        ...(across === other ? [] : [{ value: 'none', label: 'nothing' }]),
      ],
    },
    { kind: 'select', name: 'across', label: 'Columns', value: across === 'checkpoints' ? '' : across, options: columns },
    ...(across === 'checkpoints'
      ? []
      : [
          {
            kind: 'select' as const,
            name: 'figure',
            label: 'Figure',
            value: figure === 'published' ? '' : figure,
            options: (['published', 'source', 'accepted', 'loaded', 'difference'] as const).map((value) => ({
              value: value === 'published' ? '' : value,
              label: FIGURE_WORDS[value],
            })),
          },
        ]),
  ]
}

const DIMENSION_WORDS = { entity: 'Entities', period: 'Periods', version: 'Versions' } as const

function measureFilters(totals: TotalsView): Filter[] {
  if (totals.view === 'published') return []
  if (totals.view === 'pivot' || totals.view === 'periods') {
    const [debit, ...others] = AMOUNTS
    const value = totals.measure === 'debit' ? '' : totals.measure
    const options = [{ value: '', label: debit!.label }, ...others, { value: 'records', label: 'Records' }]
    return [{ kind: 'select', name: 'measure', label: 'Measure', value, options }]
  }
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

/** What stands below each group: the other of entity and period, unless that is what the columns are made of. */
function belowOf({ by, next, across }: Data['search']): 'entity' | 'period' | null {
  const below = next ?? (by === 'entity' ? 'period' : 'entity')
  return below === 'none' || below === by || below === across ? null : below
}
