import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Key, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readHeldLoads, readWaiting } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths, type WaitingSearch } from '#app/paths.ts'
import { SumsLine } from '#app/routes/_console/sums-line.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { HeldTable } from './held-table.tsx'
import { RecordsTable } from './records-table.tsx'

const Search = z.object({
  what: z.enum(['records', 'loads']).default('records'),
  currency: z.string().max(8).optional(),
  job: z.string().max(64).optional(),
  code: z.string().max(64).optional(),
  objectType: z.string().max(32).optional(),
  system: z.string().max(64).optional(),
  after: Key.optional(),
})

export const loader = guarded('exceptions:read', async ({ url, services: { context }, actor, scope }) => {
  const search = readSearch(url, Search)
  const { what, after, job, code, currency, objectType, system } = search
  const { entity, period, version, publication, isPast } = scope
  const slice = { entity, period, version, currency, objectType, system, scope: actor.entityScope }
  const asOf = isPast ? publication : undefined
  const view =
    what === 'loads'
      ? { what, ...(await readHeldLoads(context.db, slice, context.now())), next: null }
      : { what, ...(await readWaiting(context.db, { filter: { ...slice, job, code }, asOf, after }, context.now())) }
  return { view, search, scope: scopeOf(scope), publication, isPast }
})

export const meta: MetaFunction = () => [{ title: 'What waits · Finance Control Tower' }]

export default function Waiting() {
  const { view, search, scope, publication, isPast } = useLoaderData<typeof loader>()
  const { after: _, what: __, ...filters } = search
  const kept: WaitingSearch = { ...scope, ...filters }
  const total = view.sums.reduce((sum, { count }) => sum + count, 0)
  const of = [search.job && `job ${search.job}`, search.code, search.objectType, search.system].filter(Boolean)
  return (
    <>
      <PageHeader title="What waits" state={stateOf(view.what, total, view.rows.length)} />
      <Tabs
        label="What waits"
        tabs={[
          { href: paths.waiting(kept), label: 'Records that did not pass', current: view.what === 'records' },
          {
            href: paths.waiting({ ...scope, currency: search.currency, what: 'loads' }),
            label: 'Loads that are held',
            current: view.what === 'loads',
          },
        ]}
      />
      {isPast && view.what === 'loads' && (
        <Notice kind="info" title="Held loads are shown as they stand now">
          What was held at an earlier publication is not kept apart from what is held now.
        </Notice>
      )}
      <FilterBar
        action={paths.waiting()}
        keep={{
          ...scope,
          asOf: scope.asOf?.toString(),
          ...filters,
          currency: undefined,
          what: view.what === 'loads' ? 'loads' : undefined,
        }}
        filters={[{ kind: 'text', name: 'currency', label: 'Currency', value: search.currency ?? '', placeholder: 'EUR' }]}
        end={
          of.length > 0 && (
            <ButtonLink size="small" kind="ghost" href={paths.waiting({ ...scope, currency: search.currency })}>
              Only {of.join(', ')}: show all
            </ButtonLink>
          )
        }
      />
      <SumsLine sums={view.sums} of="record" />
      {view.what === 'loads' ? (
        <HeldTable rows={view.rows} scope={scope} footer={footerOf(publication, view)} />
      ) : (
        <RecordsTable
          rows={view.rows}
          footer={footerOf(publication, view, `of ${counted(total, 'record')}`)}
          pages={
            <Pagination
              newerHref={search.after === undefined ? null : paths.waiting(kept)}
              olderHref={view.next === null ? null : paths.waiting({ ...kept, after: `${view.next}` })}
              newerLabel="First"
              olderLabel="Next"
            />
          }
        />
      )}
    </>
  )
}

function footerOf(
  publication: number,
  { computedAt, rows }: { computedAt: string; rows: readonly unknown[] },
  rowsAre = 'slices',
) {
  return <FigureFooter asOfPublication={publication || null} computedAt={computedAt} rows={rows.length} rowsAre={rowsAre} />
}

function stateOf(what: 'records' | 'loads', records: number, slices: number): string {
  if (what === 'loads')
    return slices === 0
      ? 'No load is held.'
      : `${counted(records, 'record')} passed and are not published, because a control of their load failed.`
  return records === 0
    ? 'No record waits.'
    : `${counted(records, 'record')} did not pass and no later run judged them again, over all runs.`
}
