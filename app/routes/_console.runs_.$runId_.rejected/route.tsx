import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readRejected } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { reasonTitle, reasonWords } from '#app/routes/_console/reason-words.ts'
import { RecordsOfRun } from '#app/routes/_console/records-of-run.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Link } from '#app/ui/navigation.tsx'
import { isLineType, type ObjectType } from '#server/domain/record.ts'

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
  const view = { ...scope, ...(search.code && { code: search.code }) }
  return (
    <RecordsOfRun
      {...{ run, rows, sums, scope, computedAt, asOfPublication }}
      what="Rejected records"
      state={(total) =>
        total === 0
          ? `${run.title}: no record was rejected here.`
          : `${run.title}: ${counted(total, 'record')} did not pass, each with every reason.`
      }
      address={paths.runRejected(run.runId)}
      filter={{
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
      }}
      rowKey={({ rejectedId }) => `${rejectedId}`}
      columns={[
        { key: 'document', head: 'Document', cell: ({ document }) => document && <span className="mono">{document}</span> },
        { key: 'account', head: 'Account', fit: true, cell: ({ account }) => <span className="mono">{account}</span> },
        {
          key: 'reasons',
          head: 'Reasons',
          wrap: true,
          cell: (row) => <Reasons row={row} correctHref={paths.correctionNew({ ...scope, record: row.rejectedId })} />,
        },
      ]}
      empty={{
        title: 'No rejected record here',
        text: 'Every record of this run in this scope was accepted, or the filter is for another reason.',
      }}
      newerHref={search.after === undefined ? null : paths.runRejected(run.runId, view)}
      olderHref={next === null ? null : paths.runRejected(run.runId, { ...view, after: `${next}` })}
    />
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

type Row = { readonly objectType: ObjectType; readonly reasons: readonly Reason[] }

function Reasons({ row: { objectType, reasons }, correctHref }: { row: Row; correctHref: string }) {
  const stands = reasons.some(({ replacedByRunId }) => replacedByRunId === null)
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
      {stands && isLineType(objectType) && (
        <li>
          <Link href={correctHref} className="link">
            Correct this record
          </Link>
        </li>
      )}
    </ul>
  )
}
