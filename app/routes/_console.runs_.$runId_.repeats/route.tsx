import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Amount } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths } from '#app/paths.ts'
import { SumsLine } from '#app/routes/_console/sums-line.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { readRepeats } from '#app/.server/reads.ts'

const Params = z.object({ runId: Id })
/** Where the page before ended: outcome, artifact, position and kind. */
const After = z
  .string()
  .regex(/^(unchanged|duplicate)~\d{1,9}~\d{1,9}~[a-z_]{1,32}$/)
  .transform((text) => {
    const [outcome, artifactId, position, objectType] = text.split('~') as [string, string, string, string]
    return { outcome, artifactId: Number.parseInt(artifactId, 10), position: Number.parseInt(position, 10), objectType }
  })
const Search = z.object({ outcome: z.enum(['unchanged', 'duplicate']).optional(), after: After.optional() })

export const loader = guarded('runs:read', async ({ params, url, services, actor, scope }) => {
  const { runId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const { entity, period, version } = scope
  const { context } = services
  const view = await readRepeats(
    context.db,
    { ...search, runId, entity, period, version, scope: actor.entityScope },
    context.now(),
  )
  return { ...view, search, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Repeated records${data ? ` of run ${data.run.runId}` : ''} · Finance Control Tower` },
]

const OUTCOME_WORDS = {
  unchanged: 'Unchanged: equals the line that stands',
  duplicate: 'Duplicate: came before in the same load',
} as const

export default function Repeats() {
  const { run, rows, sums, next, search, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const total = sums.reduce((n, sum) => n + sum.count, 0)
  const view = { ...scope, ...(search.outcome && { outcome: search.outcome }) }
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Runs', href: paths.runs(scope) },
              { label: `Run ${run.runId}`, href: paths.run(run.runId, scope) },
              { label: 'Repeated records' },
            ]}
          />
        }
        title={`Repeated records of run ${run.runId}`}
        state={`${run.title}: ${counted(total, 'record')} added no line, because the same was there already or came twice.`}
      />
      <FilterBar
        action={paths.runRepeats(run.runId)}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'outcome',
            label: 'Outcome',
            value: search.outcome ?? '',
            options: [
              { value: '', label: 'Any' },
              { value: 'unchanged', label: 'Unchanged' },
              { value: 'duplicate', label: 'Duplicate' },
            ],
          },
        ]}
      />
      <SumsLine sums={sums} of="record" />
      <DataTable
        caption="Repeated records in the order of the source"
        rows={rows}
        rowKey={({ outcome, artifactId, position, objectType }) => [outcome, artifactId, position, objectType].join(' ')}
        columns={[
          {
            key: 'where',
            head: 'Source record',
            fit: true,
            cell: ({ artifactId, position }) => (
              <Link href={paths.artifact(artifactId, position)} className="link">
                position {position.toLocaleString('en')}
              </Link>
            ),
          },
          { key: 'key', head: 'Key', cell: ({ sourceKey }) => <span className="mono">{sourceKey}</span> },
          { key: 'outcome', head: 'Outcome', cell: ({ outcome }) => OUTCOME_WORDS[outcome] },
          {
            key: 'line',
            head: 'Equals line',
            fit: true,
            cell: ({ lineId, outcome, currency }) =>
              lineId === null ? (
                <span className="text-ink-3">
                  {outcome === 'duplicate' && currency !== '' ? 'none: the other was rejected' : 'n/a'}
                </span>
              ) : (
                <Link href={paths.line(lineId)} className="link mono">
                  {lineId}
                </Link>
              ),
          },
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => entity },
          { key: 'period', head: 'Period', fit: true, cell: ({ period }) => period && <PeriodLabel period={period} /> },
          { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
          {
            key: 'debit',
            head: 'Debit',
            align: 'number',
            cell: ({ debit, currency }) => currency && <Amount value={debit} currency={currency} alignTo={2} />,
          },
          {
            key: 'credit',
            head: 'Credit',
            align: 'number',
            cell: ({ credit, currency }) => currency && <Amount value={credit} currency={currency} alignTo={2} />,
          },
          { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        ]}
        empty={
          <EmptyState
            title="No repeated record here"
            actions={<ButtonLink href={paths.run(run.runId, scope)}>Back to run {run.runId}</ButtonLink>}
          >
            Every record of this run in this scope was new, changed or rejected.
          </EmptyState>
        }
        footer={
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={rows.length}
            rowsAre={`of ${counted(total, 'record')}`}
          />
        }
        pages={
          <Pagination
            newerHref={search.after === undefined ? null : paths.runRepeats(run.runId, view)}
            olderHref={
              next === null
                ? null
                : paths.runRepeats(run.runId, {
                    ...view,
                    after: [next.outcome, next.artifactId, next.position, next.objectType].join('~'),
                  })
            }
            newerLabel="First"
            olderLabel="Next"
          />
        }
      />
    </>
  )
}
