import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Amount } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths } from '#app/paths.ts'
import { reasonTitle, reasonWords } from '#app/routes/_console/reason-words.ts'
import { SumsLine } from '#app/routes/_console/sums-line.tsx'
import { counted, OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { readRejected } from '#app/.server/reads.ts'

const Params = z.object({ runId: Id })
const Search = z.object({ code: z.string().max(64).optional(), after: Key.optional() })

export const loader = guarded('runs:read', async ({ params, url, services, actor, scope }) => {
  const { runId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const { entity, period, version } = scope
  const { context } = services
  const view = await readRejected(
    context.db,
    { ...search, runId, entity, period, version, scope: actor.entityScope },
    context.now(),
  )
  return { ...view, search, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Rejected records${data ? ` of run ${data.run.runId}` : ''} · Finance Control Tower` },
]

export default function Rejected() {
  const { run, rows, sums, causes, next, search, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const total = sums.reduce((n, sum) => n + sum.count, 0)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Runs', href: paths.runs(scope) },
              { label: `Run ${run.runId}`, href: paths.run(run.runId, scope) },
              { label: 'Rejected records' },
            ]}
          />
        }
        title={`Rejected records of run ${run.runId}`}
        state={
          total === 0
            ? `${run.title}: no record was rejected here.`
            : `${run.title}: ${counted(total, 'record')} did not pass, each with every reason.`
        }
      />
      <FilterBar
        action={paths.runRejected(run.runId)}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'code',
            label: 'Reason',
            value: search.code ?? '',
            options: [
              { value: '', label: 'Any' },
              ...causes.map(({ code, records }) => ({
                value: code,
                label: `${reasonTitle(code)} (${records.toLocaleString('en')})`,
              })),
            ],
          },
        ]}
      />
      <SumsLine sums={sums} of="record" />
      <DataTable
        caption="Rejected records in the order of the source"
        rows={rows}
        rowKey={({ rejectedId }) => `${rejectedId}`}
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
          {
            key: 'key',
            head: 'Key',
            cell: ({ sourceKey, objectType }) =>
              sourceKey ? (
                <span className="mono">{sourceKey}</span>
              ) : (
                <span className="text-ink-3">{OBJECT_WORDS[objectType][0]} without a key</span>
              ),
          },
          { key: 'document', head: 'Document', cell: ({ document }) => document && <span className="mono">{document}</span> },
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => entity },
          { key: 'period', head: 'Period', fit: true, cell: ({ period }) => period && <PeriodLabel period={period} /> },
          { key: 'account', head: 'Account', fit: true, cell: ({ account }) => <span className="mono">{account}</span> },
          { key: 'reasons', head: 'Reasons', wrap: true, cell: ({ reasons }) => <Reasons reasons={reasons} /> },
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
            title="No rejected record here"
            actions={<ButtonLink href={paths.run(run.runId, scope)}>Back to run {run.runId}</ButtonLink>}
          >
            Every record of this run in this scope was accepted, or the filter is for another reason.
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
            newerHref={
              search.after === undefined
                ? null
                : paths.runRejected(run.runId, { ...scope, ...(search.code && { code: search.code }) })
            }
            olderHref={
              next === null
                ? null
                : paths.runRejected(run.runId, { ...scope, ...(search.code && { code: search.code }), after: `${next}` })
            }
            newerLabel="First"
            olderLabel="Next"
          />
        }
      />
    </>
  )
}

type Reason = {
  readonly code: string
  readonly field: string
  readonly value: string
  readonly detail: string
  readonly exceptionId: number | null
  readonly replacedByRunId: number | null
}

function Reasons({ reasons }: { reasons: readonly Reason[] }) {
  return (
    <ul className="grid gap-1">
      {reasons.map((reason) => (
        <li key={`${reason.code} ${reason.field} ${reason.value}`}>
          {reasonWords(reason)}
          {reason.detail && <span className="text-ink-3"> {reason.detail}</span>}
          {reason.exceptionId !== null && (
            <>
              {' '}
              <Link href={paths.exception(reason.exceptionId)} className="link">
                Exception {reason.exceptionId}
              </Link>
            </>
          )}
          {reason.replacedByRunId !== null && <span className="text-ink-3"> (judged again by run {reason.replacedByRunId})</span>}
        </li>
      ))}
    </ul>
  )
}
