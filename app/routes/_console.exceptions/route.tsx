import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { ActForm, actOnExceptions } from '#app/.server/exception-acts.ts'
import { readChosen, readExceptionsView, redirectToReplay } from '#app/.server/exceptions-search.ts'
import { readForm, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readActDone, readActPreview, readExceptions } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths, type ExceptionsSearch } from '#app/paths.ts'
import { keepWritten } from '#app/routes/_console/keep-written.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { NewRows } from '#app/routes/_console/new-rows.tsx'
import { useHeldBack } from '#app/routes/_console/use-held-back.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { AgeingBar } from '#app/ui/ageing-bar.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { ActBar } from './act-bar.tsx'
import { ActDialog } from './act-dialog.tsx'
import { ActedNotice } from './acted-notice.tsx'
import { ACT_NAMES, REPLAY } from './acts.ts'
import { filtersOf } from './exception-filters.ts'
import { ExceptionTable } from './exception-table.tsx'
import { FocusLine } from './focus-line.tsx'
import { NoExceptions } from './no-exceptions.tsx'
import { AGE_WORDS, QUEUES, QUEUE_ACTS, QUEUE_WORDS, stateOf } from './queues.ts'

const DeskSearch = z.object({
  do: z.enum([...ACT_NAMES, REPLAY]).optional(),
  all: z.literal('1').optional(),
  acted: z.uuid().optional(),
})
const Undo = z.object({ act: z.literal('undo'), correlationId: z.uuid() })

export const loader = guarded('exceptions:read', async (given) => {
  const { search, request } = readExceptionsView(given)
  const { url, actor, services } = given
  const { db, now } = services.context
  const desk = readSearch(url, DeskSearch)
  const chosen = readChosen(url)
  const asked = desk.all ? 'all' : chosen.length > 0 ? chosen : null
  if (desk.do === REPLAY && asked) await redirectToReplay(given, request, asked)
  const act = desk.do === REPLAY ? undefined : desk.do
  const [view, preview, acted] = await Promise.all([
    readExceptions(db, request, now()),
    act && asked ? readActPreview(db, request, asked, actor, now()) : null,
    desk.acted ? readActDone(db, desk.acted, actor) : null,
  ])
  const { publication, isPast } = given.scope
  return {
    ...view,
    queue: request.group,
    state: search.state ?? 'open',
    search,
    scope: scopeOf(given.scope),
    publication,
    isPast,
    act: act ?? null,
    preview,
    acted,
    reason: againstRole(actor, 'assignException'),
    key: randomUUID(),
  }
})

export const action = guarded('exceptions:read', async ({ request, url, services, actor }) => {
  const form = await readForm(request, z.union([Undo, ActForm]))
  if (form.act === 'undo') {
    await services.undoTriage({ correlationId: form.correlationId, actor })
    return redirect(url.pathname + url.search)
  }
  await actOnExceptions(services, form, actor)
  const next = new URL(url)
  next.searchParams.set('acted', form.idempotencyKey)
  return redirect(next.pathname + next.search)
})

export const clientAction = keepWritten

export const meta: MetaFunction = () => [{ title: 'Exceptions · Finance Control Tower' }]

export default function Exceptions() {
  const { rows, counts, ages, choices, queue, state, search, scope, act, preview, acted, reason, key, focus, ...view } =
    useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const kept: ExceptionsSearch = { ...scope, ...keptOf(search) }
  const here: ExceptionsSearch = { ...kept, class: queue }
  const { shown, ...news } = useHeldBack(
    rows,
    ({ exceptionId }) => `${exceptionId}`,
    paths.exceptions({ ...here, page: view.page }),
  )
  useLive(false, ['exceptions', 'publications'])
  const isFiltered =
    Object.keys(search).some((name) => !['class', 'order', 'page'].includes(name)) ||
    Boolean(scope.entity || scope.period || scope.version)
  return (
    <>
      <PageHeader
        title="Exceptions"
        state={stateOf(counts, state)}
        actions={
          <>
            {/* A plain link: the router would look for a screen there. */}
            <a href={paths.exceptionsSheet(here)} className="button" data-kind="ghost" data-size="normal">
              Take along to Excel
            </a>
            <ButtonLink kind="ghost" href={paths.corrections(scope)}>
              Corrections
            </ButtonLink>
            <ButtonLink kind="ghost" href={paths.bringSheet(scope)}>
              Bring a sheet back
            </ButtonLink>
          </>
        }
      />
      {view.isPast && (
        <Notice kind="info" title="Exceptions are shown as they stand now">
          They are opened and closed by runs, not by publications, so the as-of above does not move them.
        </Notice>
      )}
      {acted && <ActedNotice acted={acted} view={here} canUndo={acted.canUndo} />}
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
      <div className="flex flex-wrap items-end gap-4 lg:flex-nowrap">
        <div className="grid min-w-0 flex-1 gap-1">
          <p className="text-ink-2">{QUEUE_ACTS[queue]}</p>
          {focus && <FocusLine focus={focus} isAhead={news.arrived + news.gone > 0} />}
        </div>
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
            <ButtonLink
              size="small"
              kind="ghost"
              href={paths.exceptions({ ...here, order: view.order === 'release' ? 'newest' : 'release' })}
            >
              {view.order === 'release' ? 'Newest first' : 'What releases most first'}
            </ButtonLink>
          </>
        }
      />
      {shown.length > 0 && (
        <ActBar rows={shown} total={view.total} view={here} scope={scope} reason={reason} isOpen={preview !== null} />
      )}
      <ExceptionTable
        rows={shown}
        queue={queue}
        state={state}
        order={view.order}
        scope={scope}
        now={view.computedAt}
        empty={<NoExceptions queue={queue} state={state} isFiltered={isFiltered} counts={counts} />}
        footer={
          <FigureFooter
            asOfPublication={view.publication || null}
            computedAt={view.computedAt}
            rows={shown.length}
            rowsAre="causes"
          />
        }
        pages={
          <Pagination
            newerHref={view.page > 1 ? paths.exceptions({ ...here, page: view.page - 1 }) : null}
            olderHref={view.page < view.pages ? paths.exceptions({ ...here, page: view.page + 1 }) : null}
            newerLabel="Before"
            olderLabel="Next"
          />
        }
      />
      {act && preview && (
        <ActDialog
          key={act}
          act={act}
          preview={preview}
          people={choices.people}
          view={here}
          idempotencyKey={key}
          refusal={refusal}
          today={view.computedAt.slice(0, 10)}
        />
      )}
    </>
  )
}

type Search = ReturnType<typeof useLoaderData<typeof loader>>['search']

/** The filters that go along from queue to queue and from page to page. */
function keptOf({ page: _, class: __, run, state, ...filters }: Search): ExceptionsSearch {
  return { ...filters, run: run?.toString(), state: state === 'open' ? undefined : state }
}

/** Filters that other screens set and that have no control of their own here. */
const NOTHING_UNSHOWN = { currency: undefined, run: undefined, stops: undefined, closedFrom: undefined, closedTo: undefined }
const unshownOf = ({ currency, run, stops, closedFrom, closedTo, order }: Search) => ({
  currency,
  run: run?.toString(),
  stops,
  closedFrom,
  closedTo,
  order,
})

function OnlyThese({ search, hrefOfAll }: { search: Search; hrefOfAll: string }) {
  const { currency, run, stops, closedFrom, closedTo } = search
  const closed = [closedFrom && `from ${closedFrom}`, closedTo && `to ${closedTo}`].filter(Boolean)
  const only = [
    currency,
    run && `run ${run}`,
    stops && `what stops ${stops}`,
    closed.length > 0 && `fixed ${closed.join(' ')}`,
  ].filter(Boolean)
  if (only.length === 0) return null
  return (
    <ButtonLink size="small" kind="ghost" href={hrefOfAll}>
      Only {only.join(', ')}: show all
    </ButtonLink>
  )
}
