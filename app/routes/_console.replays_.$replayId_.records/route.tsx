import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readReplayRecords } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Amount } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths } from '#app/paths.ts'
import { reasonWords } from '#app/routes/_console/reason-words.ts'
import { RESULT_WORDS, whyWords } from '#app/routes/_console/replay-words.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { REPLAY_RESULTS, type ReplayResult } from '#server/domain/bulk-replay.ts'

const Params = z.object({ replayId: Id })
const Search = z.object({
  of: z.enum(['rehearsed', 'result']).optional(),
  result: z.enum([...REPLAY_RESULTS, 'open']).optional(),
  after: Key.optional(),
})

export const loader = guarded('runs:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { replayId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const view = await readReplayRecords(
    context.db,
    { bulkReplayId: replayId, pass: search.of, result: search.result, after: search.after, reader: actor },
    context.now(),
  )
  return { ...view, search, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Records${data ? ` of replay ${data.bulkReplayId}` : ''} · Finance Control Tower` },
]

export default function Records() {
  const { bulkReplayId, pass, rows, total, next, search, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const { result } = search
  const kept = { ...scope, of: pass, ...(result && { result }) }
  const isForetold = pass === 'rehearsed'
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Replays', href: paths.replays(scope) },
              { label: `Replay ${bulkReplayId}`, href: paths.replay(bulkReplayId, scope) },
              { label: 'Records' },
            ]}
          />
        }
        title={`Records of replay ${bulkReplayId}`}
        state={`${counted(total, 'record')}${result ? `, ${wordsOf(result, isForetold).toLowerCase()}` : ''}. Records outside your entities are counted and not listed.`}
      />
      <FilterBar
        action={paths.replayRecords(bulkReplayId)}
        keep={{ ...scope, asOf: scope.asOf?.toString(), of: pass }}
        filters={[
          {
            kind: 'select',
            name: 'result',
            label: isForetold ? 'Rehearsed' : 'Result',
            value: result ?? '',
            options: [
              { value: '', label: 'All' },
              ...[...REPLAY_RESULTS, 'open' as const].map((value) => ({ value, label: wordsOf(value, isForetold) })),
            ],
          },
        ]}
      />
      <DataTable
        caption="Records of the selection"
        rows={rows}
        rowKey={({ rejectedId }) => `${rejectedId}`}
        href={({ artifactId, position, objectType }) => paths.artifact(artifactId, position, objectType)}
        columns={[
          {
            key: 'key',
            head: 'Record',
            cell: ({ sourceKey, position }) => <span className="mono">{sourceKey || `position ${position}`}</span>,
          },
          { key: 'document', head: 'Document', cell: ({ document }) => document && <span className="mono">{document}</span> },
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
          { key: 'period', head: 'Period', fit: true, cell: (row) => row.period && <MarkedPeriod {...row} /> },
          {
            key: 'cause',
            head: 'Here for',
            wrap: true,
            cell: ({ exceptionId, isWidened, ...cause }) => (
              <>
                {reasonWords(cause)}{' '}
                <Link href={paths.exception(exceptionId, scope)} className="link">
                  Exception {exceptionId}
                </Link>
                {isWidened && <span className="text-ink-3"> judged with its document or load</span>}
              </>
            ),
          },
          {
            key: 'rehearsed',
            head: 'Rehearsed',
            wrap: true,
            cell: (row) => <Outcome result={row.rehearsed} why={row.rehearsedWhy} isForetold />,
          },
          {
            key: 'result',
            head: 'Result',
            wrap: true,
            cell: (row) =>
              isForetold ? <span className="text-ink-3">not replayed</span> : <Outcome result={row.result} why={row.why} />,
          },
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
        empty={<EmptyState title="No record here">No record of this replay in your entities has this result.</EmptyState>}
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={rows.length} rowsAre="records" />
        }
        pages={
          <Pagination
            newerHref={search.after === undefined ? null : paths.replayRecords(bulkReplayId, kept)}
            olderHref={next === null ? null : paths.replayRecords(bulkReplayId, { ...kept, after: `${next}` })}
            newerLabel="First"
            olderLabel="Next"
          />
        }
      />
    </>
  )
}

function Outcome({ result, why, isForetold = false }: { result: ReplayResult | null; why: string | null; isForetold?: boolean }) {
  if (result === null) return <span className="text-ink-3">to come</span>
  return (
    <>
      {wordsOf(result, isForetold)}
      {why && <span className="text-ink-3">: {whyWords(why)}</span>}
    </>
  )
}

const wordsOf = (result: ReplayResult | 'open', isForetold: boolean): string =>
  result === 'open' ? 'To come' : isForetold ? RESULT_WORDS[result].foretold : RESULT_WORDS[result].label
