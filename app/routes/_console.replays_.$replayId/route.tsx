import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readBulkReplay } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { keepWritten } from '#app/routes/_console/keep-written.ts'
import { askedWords, ReplayStatusBadge } from '#app/routes/_console/replay-words.tsx'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { ActionButtons } from './action-buttons.tsx'
import { ActionDialog } from './action-dialog.tsx'
import { MovedTotals } from './moved-totals.tsx'
import { Published } from './published.tsx'
import { reasonsAgainst } from './reasons-against.ts'
import { Results } from './results.tsx'
import type { Screen } from './screen.ts'
import { RunsOfReplay } from './runs-of-replay.tsx'
import { Superseded, whyApproval } from './superseded.tsx'
import { WhatWasAsked } from './what-was-asked.tsx'

const Params = z.object({ replayId: Id })
const Search = z.object({ do: z.enum(['start', 'decide', 'abort']).optional() })

const Key = z.uuid()
const Why = z
  .string({ error: 'Say why: this is kept for ever' })
  .min(5, 'Say why in at least 5 characters')
  .max(1_000, 'Say it in at most 1,000 characters')
const ReplayForm = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('start'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('approve'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('decline'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('abort'), idempotencyKey: Key, reason: Why }),
])

export const loader = guarded('runs:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { replayId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const view = await readBulkReplay(context.db, { bulkReplayId: replayId, reader: actor, now: context.now() })
  return {
    ...view,
    search,
    reasons: reasonsAgainst(actor, view),
    scope: scopeOf(scope),
    asOfPublication: scope.publication,
    key: randomUUID(),
  }
})

export const action = guarded('runs:read', async ({ request, params, services, actor, scope }) => {
  const { replayId: bulkReplayId } = readParams(params, Params)
  const { intent, reason, idempotencyKey } = await readForm(request, ReplayForm)
  const asked = { bulkReplayId, actor, reason, idempotencyKey }
  if (intent === 'start') await services.startBulkReplay(asked)
  else if (intent === 'abort') await services.abortBulkReplay(asked)
  else await services.approveBulkReplay({ ...asked, isApproved: intent === 'approve' })
  return redirect(paths.replay(bulkReplayId, scopeOf(scope)))
})

export const clientAction = keepWritten

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Replay ${data.replay.bulkReplayId}` : 'Replay'} · Finance Control Tower` },
]

export default function Replay() {
  const screen = useLoaderData<typeof loader>()
  const { replay, rehearsed, isLive, moved, scope, asOfPublication, computedAt } = screen
  const refusal = useRefusal()
  useLive(isLive, ['replays', 'runs'])
  const records = rehearsed.reduce((n, { count }) => n + count, 0)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Replays', href: paths.replays(scope) }, { label: `Replay ${replay.bulkReplayId}` }]} />
        }
        title={`Replay ${replay.bulkReplayId} · ${askedWords(replay.asked)}`}
        badge={<ReplayStatusBadge status={replay.status} />}
        state={stateOf(screen, records)}
        actions={<ActionButtons screen={screen} />}
      />
      {refusal && !screen.search.do && (
        <Notice kind="broken" title={refusal.message ?? 'This was not done'}>
          {refusal.advice}
        </Notice>
      )}
      {moved.length > 0 && (
        <Notice kind="attention" title="Something moved since the rehearsal">
          {moved.join(', ')}. What it found may not hold any more: rehearse again.
        </Notice>
      )}
      {replay.status === 'needs_approval' && (
        <Notice kind="attention" title="It waits for a second person">
          {`It ${whyApproval(screen) ?? 'was asked for while it moved what was closed or signed'}. A controller who did not ask for it approves or declines.`}
        </Notice>
      )}
      <Results screen={screen} />
      <Superseded screen={screen} />
      <MovedTotals screen={screen} />
      <Published screen={screen} />
      <RunsOfReplay screen={screen} />
      <WhatWasAsked screen={screen} />
      <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={records} rowsAre="records selected" />
      <ActionDialog screen={screen} refusal={refusal} />
    </>
  )
}

function stateOf({ replay, results, runs }: Pick<Screen, 'replay' | 'results' | 'runs'>, records: number): string {
  const of = (result: string | null) => results.filter((sum) => sum.result === result).reduce((n, { count }) => n + count, 0)
  const selection = counted(records, 'record')
  switch (replay.status) {
    case 'rehearsing':
      return `${selection} are judged as if they were replayed. Nothing is published; you may leave this page.`
    case 'rehearsed':
      return `${selection} were rehearsed. Nothing is done yet.`
    case 'needs_approval':
      return `${selection}, asked for by ${replay.requestedBy}. Nothing is done before somebody else approves.`
    case 'running':
      return `${selection}: ${of(null).toLocaleString('en')} to come. You may leave this page.`
    case 'aborting':
      return `${selection}: the run that is under way comes to its end, then it stops.`
    case 'aborted':
      return runs.some(({ runId }) => runId !== null)
        ? `Aborted by ${replay.abortedBy}. What was published before stays.`
        : `Discarded by ${replay.abortedBy}: nothing of it was replayed.`
    case 'declined':
      return `Declined by ${replay.decidedBy}: nothing was done.`
    case 'ended':
      return `${of('fixed').toLocaleString('en')} of ${selection} fixed. Exceptions closed where their control passed again, and nowhere else.`
  }
}
