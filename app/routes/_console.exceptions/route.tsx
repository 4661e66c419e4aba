import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { readExceptionsView } from '#app/.server/exceptions-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readExceptions } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths, type ExceptionsSearch } from '#app/paths.ts'
import { NewRows } from '#app/routes/_console/new-rows.tsx'
import { useHeldBack } from '#app/routes/_console/use-held-back.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { AgeingBar } from '#app/ui/ageing-bar.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { filtersOf } from './exception-filters.ts'
import { ExceptionTable } from './exception-table.tsx'
import { NoExceptions } from './no-exceptions.tsx'
import { AGE_WORDS, QUEUES, QUEUE_ACTS, QUEUE_WORDS, stateOf } from './queues.ts'

export const loader = guarded('exceptions:read', async (given) => {
  const { search, request } = readExceptionsView(given)
  const { context } = given.services
  const view = await readExceptions(context.db, request, context.now())
  const { publication, isPast } = given.scope
  return {
    ...view,
    queue: request.group,
    state: search.state ?? 'open',
    search,
    scope: scopeOf(given.scope),
    publication,
    isPast,
  }
})

export const meta: MetaFunction = () => [{ title: 'Exceptions · Finance Control Tower' }]

export default function Exceptions() {
  const { rows, counts, ages, choices, queue, state, search, scope, ...view } = useLoaderData<typeof loader>()
  const { shown, ...news } = useHeldBack(rows, ({ exceptionId }) => `${exceptionId}`)
  useLive(false, ['exceptions', 'publications'])
  const kept: ExceptionsSearch = { ...scope, ...keptOf(search) }
  const here: ExceptionsSearch = { ...kept, class: queue }
  const [first, last] = [shown[0], shown.at(-1)]
  const isFiltered =
    Object.keys(search).some((name) => name !== 'class') || Boolean(scope.entity || scope.period || scope.version)
  return (
    <>
      <PageHeader title="Exceptions" state={stateOf(counts, state)} />
      {view.isPast && (
        <Notice kind="info" title="Exceptions are shown as they stand now">
          They are opened and closed by runs, not by publications, so the as-of above does not move them.
        </Notice>
      )}
      <Tabs
        label="Who acts"
        tabs={QUEUES.map((name) => ({
          href: paths.exceptions({ ...kept, class: name }),
          label: QUEUE_WORDS[name],
          count: counts[name],
          current: name === queue,
          ...(name === 'unclassified' && { apart: true, tone: 'attention' as const }),
        }))}
      />
      <div className="flex flex-wrap items-end justify-between gap-4">
        <p className="text-ink-2">{QUEUE_ACTS[queue]}</p>
        <AgeingBar
          label={`${QUEUE_WORDS[queue]} exceptions by business days since they were opened`}
          buckets={ages.map(({ bucket, count }, index) => ({
            label: AGE_WORDS[bucket],
            count,
            href: paths.exceptions({ ...here, age: bucket }),
            ...(state === 'open' && index >= 2 && { tone: 'attention' as const }),
          }))}
        />
      </div>
      <FilterBar
        action={paths.exceptions()}
        keep={{ ...scope, ...unshownOf(search), asOf: scope.asOf?.toString(), class: queue }}
        filters={filtersOf(search, choices)}
        end={
          <>
            <NewRows {...news} />
            <OnlyThese search={search} hrefOfAll={paths.exceptions({ ...here, ...NOTHING_UNSHOWN })} />
          </>
        }
      />
      <ExceptionTable
        rows={shown}
        queue={queue}
        state={state}
        scope={scope}
        now={view.computedAt}
        empty={<NoExceptions queue={queue} state={state} isFiltered={isFiltered} counts={counts} />}
        footer={
          <FigureFooter
            asOfPublication={view.publication || null}
            computedAt={view.computedAt}
            rows={shown.length}
            rowsAre={shown.length === 1 ? 'cause' : 'causes'}
          />
        }
        pages={
          <Pagination
            newerHref={view.hasNewer && first ? paths.exceptions({ ...here, after: `${first.exceptionId}` }) : null}
            olderHref={view.hasOlder && last ? paths.exceptions({ ...here, before: `${last.exceptionId}` }) : null}
          />
        }
      />
    </>
  )
}

type Search = ReturnType<typeof useLoaderData<typeof loader>>['search']

/** The filters that go along from queue to queue and from page to page. */
function keptOf({ before: _, after: __, class: ___, run, state, ...filters }: Search): ExceptionsSearch {
  return { ...filters, run: run?.toString(), state: state === 'open' ? undefined : state }
}

/** Filters that other screens set and that have no control of their own here. */
const NOTHING_UNSHOWN = { currency: undefined, run: undefined, closedFrom: undefined, closedTo: undefined }
const unshownOf = ({ currency, run, closedFrom, closedTo }: Search) => ({ currency, run: run?.toString(), closedFrom, closedTo })

function OnlyThese({ search, hrefOfAll }: { search: Search; hrefOfAll: string }) {
  const { currency, run, closedFrom, closedTo } = search
  const closed = [closedFrom && `from ${closedFrom}`, closedTo && `to ${closedTo}`].filter(Boolean)
  const only = [currency, run && `run ${run}`, closed.length > 0 && `closed ${closed.join(' ')}`].filter(Boolean)
  if (only.length === 0) return null
  return (
    <ButtonLink size="small" kind="ghost" href={hrefOfAll}>
      Only {only.join(', ')}: show all
    </ButtonLink>
  )
}
