import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { readReplaysView, REPLAY_STATES } from '#app/.server/replay-search.ts'
import { readReplays } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Count } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { NewRows } from '#app/routes/_console/new-rows.tsx'
import { askedWords, ReplayStatusBadge, resultsWords } from '#app/routes/_console/replay-words.tsx'
import { useHeldBack } from '#app/routes/_console/use-held-back.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Time } from '#app/ui/time.tsx'

export const loader = guarded('runs:read', async (given) => {
  const { search, filter } = readReplaysView(given)
  const { context } = given.services
  const view = await readReplays(context.db, filter, context.now())
  return { ...view, search, states: REPLAY_STATES, scope: scopeOf(given.scope), asOfPublication: given.scope.publication }
})

export const meta: MetaFunction = () => [{ title: 'Replays · Finance Control Tower' }]

const STATE_WORDS = { pending: 'Pending', going: 'Going on', ended: 'Ended' } as const

export default function Replays() {
  const { rows, hasNewer, hasOlder, isLive, search, states, scope, asOfPublication, computedAt } = useLoaderData<typeof loader>()
  const { shown, ...news } = useHeldBack(rows, ({ bulkReplayId }) => `${bulkReplayId}`)
  useLive(isLive, ['replays', 'runs'])
  const { before: _, after: __, exception, ...filters } = search
  const view = { ...scope, ...filters, ...(exception && { exception: `${exception}` }) }
  const [first, last] = [shown[0], shown.at(-1)]
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  return (
    <>
      <PageHeader
        title="Replays"
        state={
          shown.length === 0
            ? 'No replay matches.'
            : `${counted(shown.length, 'replay')} on this page: each over a frozen selection of records, rehearsed first.`
        }
        actions={
          <ButtonLink href={paths.replayNew(scope)} kind="primary">
            Replay records that wait
          </ButtonLink>
        }
      />
      <FilterBar
        action={paths.replays()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), exception: exception?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'state',
            label: 'State',
            value: search.state ?? '',
            options: [{ value: '', label: 'All' }, ...states.map((value) => ({ value, label: STATE_WORDS[value] }))],
          },
          { kind: 'text', name: 'by', label: 'Asked for by', value: search.by ?? '', placeholder: 'fiona' },
        ]}
        end={<NewRows {...news} />}
      />
      <DataTable
        name="replays"
        caption="Replays, newest first"
        rows={shown}
        rowKey={({ bulkReplayId }) => `${bulkReplayId}`}
        href={({ bulkReplayId }) => paths.replay(bulkReplayId, scope)}
        columns={[
          { key: 'replay', head: 'Replay', fit: true, cell: ({ bulkReplayId }) => bulkReplayId },
          { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <ReplayStatusBadge status={status} /> },
          { key: 'by', head: 'Asked for by', fit: true, cell: ({ requestedBy }) => requestedBy },
          { key: 'at', head: 'Asked for', fit: true, cell: ({ requestedAt }) => <Time at={requestedAt} /> },
          { key: 'scope', head: 'What', wrap: true, cell: ({ asked }) => askedWords(asked) },
          {
            key: 'reason',
            head: 'Reason',
            wrap: true,
            cell: ({ reason }) => reason ?? <span className="text-ink-3">not confirmed</span>,
          },
          { key: 'records', head: 'Records', align: 'number', cell: ({ records }) => <Count value={records} /> },
          {
            key: 'result',
            head: 'Result',
            wrap: true,
            cell: ({ results, status }) => (
              <span className="text-ink-2">
                {(status === 'rehearsed' || status === 'rehearsing') && 'Rehearsed: '}
                {resultsWords(results)}
              </span>
            ),
          },
        ]}
        empty={
          isFiltered ? (
            <EmptyState
              title="No replay matches these filters"
              actions={<ButtonLink href={paths.replays()}>Show all replays</ButtonLink>}
            >
              Replays are never deleted, so one that is not here has another state or was asked for by somebody else.
            </EmptyState>
          ) : (
            <EmptyState
              title="Nothing was replayed yet"
              actions={<ButtonLink href={paths.exceptions(scope)}>See the exceptions</ButtonLink>}
            >
              Mend a cause, then replay what waits for it from its exception: you see what would happen before anything is done.
            </EmptyState>
          )
        }
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={shown.length} rowsAre="replays" />
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.replays({ ...view, after: `${first.bulkReplayId}` }) : null}
            olderHref={hasOlder && last ? paths.replays({ ...view, before: `${last.bulkReplayId}` }) : null}
          />
        }
      />
    </>
  )
}
