import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { readCloseSearch } from '#app/.server/close-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readCloseBoard } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { PERIOD_STATE_LOOK } from '#app/routes/_console.periods/state-mark.tsx'
import { useLive } from '#app/routes/_console/use-live.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { PERIOD_STATES } from '#server/domain/period-state.ts'
import { CloseTable } from './close-table.tsx'

export const loader = guarded('periods:read', async (given) => {
  const { search, request } = readCloseSearch(given)
  const { context } = given.services
  const board = await readCloseBoard(context.db, request, context.now())
  const { scope } = given
  return { ...board, search, scope: scopeOf(scope), asOfPublication: scope.publication, isPast: scope.isPast }
})

export const meta: MetaFunction = () => [{ title: 'Close · Finance Control Tower' }]

export default function Close() {
  const { rows, sums, calendars, page, hasMore, search, scope, asOfPublication, isPast, computedAt } =
    useLoaderData<typeof loader>()
  useLive(false, ['runs', 'exceptions', 'publications', 'feeds', 'reconciliations', 'periods'])
  const { page: _, ...filters } = search
  const view = { ...scope, ...filters }
  const all = { value: '', label: 'All' }
  return (
    <>
      <PageHeader
        title="Close"
        state={sentenceOf(sums)}
        actions={<ButtonLink href={paths.periods(scope)}>Calendars and periods</ButtonLink>}
      />
      {isPast && (
        <Notice kind="info" title="The board is shown as it stands now">
          Only whether figures were certified is said as of publication {asOfPublication}; feeds, exceptions and states of periods
          are not kept by publication.
        </Notice>
      )}
      <FilterBar
        action={paths.close()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          { kind: 'text', name: 'from', label: 'From period', value: search.from ?? '', placeholder: '2026-08' },
          { kind: 'text', name: 'to', label: 'To period', value: search.to ?? '', placeholder: '2026-10' },
          {
            kind: 'select',
            name: 'calendar',
            label: 'Calendar',
            value: search.calendar ?? '',
            options: [all, ...calendars.map((value) => ({ value, label: value }))],
          },
          {
            kind: 'select',
            name: 'state',
            label: 'Period is',
            value: search.state ?? '',
            options: [all, ...PERIOD_STATES.map((value) => ({ value, label: PERIOD_STATE_LOOK[value].label }))],
          },
          {
            kind: 'select',
            name: 'is',
            label: 'Ready',
            value: search.is ?? '',
            options: [all, { value: 'blocked', label: 'Blocked' }, { value: 'ready', label: 'Ready to close' }],
          },
        ]}
      />
      <CloseTable
        rows={rows}
        scope={scope}
        now={computedAt}
        empty={<NothingToClose isFiltered={Object.values(view).some((value) => value !== undefined)} />}
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={rows.length} rowsAre="periods" />
        }
        pages={
          <Pagination
            newerHref={page > 1 ? paths.close({ ...view, page: page - 1 }) : null}
            olderHref={hasMore ? paths.close({ ...view, page: page + 1 }) : null}
          />
        }
      />
    </>
  )
}

type Sums = {
  readonly rows: number
  readonly ready: number
  readonly closed: number
  readonly certified: number
  readonly defined: number
}

/** As figures: a share hides how many are left. */
function sentenceOf({ rows, ready, closed, certified, defined }: Sums): string {
  if (rows === 0) return 'Nothing to close here.'
  const signed =
    defined === 0
      ? 'No reconciliation is defined.'
      : `${certified.toLocaleString('en')} of ${defined.toLocaleString('en')} reconciliations certified.`
  return `${closed.toLocaleString('en')} of ${counted(rows, 'period')} closed, ${ready.toLocaleString('en')} ready. ${signed}`
}

function NothingToClose({ isFiltered }: { isFiltered: boolean }) {
  return (
    <EmptyState
      title={isFiltered ? 'No period matches these filters' : 'No entity to close yet'}
      actions={isFiltered && <ButtonLink href={paths.close()}>Show what is closed now</ButtonLink>}
    >
      {isFiltered
        ? 'No entity you may see has such a period in its calendar, or none stands so.'
        : 'An entity appears here once it is loaded, or figures of it are, and a period of its calendar has ended.'}
    </EmptyState>
  )
}
