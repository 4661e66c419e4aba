import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { StageStrip } from '#app/components/stage-strip.tsx'
import { paths } from '#app/paths.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Tabs, type Tab } from '#app/ui/tabs.tsx'
import { EVENT_KINDS } from '#server/domain/timeline.ts'
import { readRunScreen } from '#app/.server/reads.ts'
import { ActionButtons } from './action-buttons.tsx'
import { ActionDialog } from './action-dialog.tsx'
import { CallsTable } from './calls-table.tsx'
import { LiveProgress } from './live-progress.tsx'
import { Outcome } from './outcome.tsx'
import type { Screen } from './screen.ts'
import { Timeline } from './timeline.tsx'
import { TraceView } from './trace-view.tsx'
import { stagesOf } from './stages-of.ts'
import { stateSentence, StateNotice } from './state-of-run.tsx'
import { reasonsAgainst } from './reasons-against.ts'

const RunParams = z.object({ runId: Id })
const RunSearch = z.object({
  do: z.enum(['restart', 'replay', 'rollback', 'decide', 'cancel']).optional(),
  preview: Id.optional(),
  show: z.enum(['records', 'debit', 'credit', 'net']).default('records'),
  view: z.enum(['timeline', 'trace']).optional(),
  events: z.enum(EVENT_KINDS).optional(),
  spans: z.enum(['all']).optional(),
})

const Key = z.uuid()
const Rules = z.enum(['original', 'current'])
const Why = z
  .string({ error: 'Say why: this is kept for ever' })
  .min(5, 'Say why in at least 5 characters')
  .max(1_000, 'Say it in at most 1,000 characters')
const RunForm = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('cancel'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('restart'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('preview'), idempotencyKey: Key, rules: Rules }),
  z.object({ intent: z.literal('replay'), idempotencyKey: Key, rules: Rules, previewRunId: Id, reason: Why }),
  z.object({ intent: z.enum(['rollback', 'askRollback']), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.enum(['approveRollback', 'declineRollback']), idempotencyKey: Key, requestId: Id, reason: Why }),
])

export const loader = guarded('runs:read', async ({ params, url, services, actor, scope }) => {
  const { runId } = readParams(params, RunParams)
  const search = readSearch(url, RunSearch)
  const screen = await readRunScreen(services.context.db, {
    runId,
    actor,
    open: search.do,
    previewRunId: search.preview,
    view: search.view,
    events: search.events,
    showsStatements: search.spans === 'all',
    now: services.context.now(),
  })
  // The key is minted with the page: a double click carries the same one, and the second does nothing.
  return {
    ...screen,
    search,
    reasons: reasonsAgainst(actor, screen),
    scope: scopeOf(scope),
    asOfPublication: scope.publication,
    key: randomUUID(),
  }
})

export const action = guarded('runs:read', async ({ request, params, services, actor, scope }) => {
  const { runId } = readParams(params, RunParams)
  const form = await readForm(request, RunForm)
  const asked = { runId, actor, idempotencyKey: form.idempotencyKey }
  const here = scopeOf(scope)
  switch (form.intent) {
    case 'cancel':
      await services.cancelRun({ ...asked, reason: form.reason })
      return redirect(paths.run(runId, here))
    case 'restart':
      await services.restartRun({ ...asked, reason: form.reason })
      return redirect(paths.run(runId, here))
    case 'preview': {
      const preview = await services.replayRun({ ...asked, rules: form.rules, preview: true })
      return redirect(paths.run(runId, { ...here, do: 'replay', preview: `${preview.runId}` }))
    }
    case 'replay': {
      const { rules, previewRunId, reason } = form
      const replay = await services.confirmReplay({ ...asked, rules, previewRunId, reason })
      return redirect(paths.run(replay.runId, here))
    }
    case 'rollback': {
      const rollback = await services.rollbackRun({ ...asked, reason: form.reason })
      return redirect(paths.run(rollback.runId, here))
    }
    case 'askRollback':
      await services.askRollback({ ...asked, reason: form.reason })
      return redirect(paths.run(runId, here))
    case 'approveRollback':
    case 'declineRollback': {
      const { intent, requestId, reason, idempotencyKey } = form
      const isApproved = intent === 'approveRollback'
      const rollback = await services.decideRollback({ requestId, isApproved, reason, actor, idempotencyKey })
      return redirect(paths.run(rollback.runId ?? runId, here))
    }
  }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Run ${data.run.runId}` : 'Run'} · Finance Control Tower` },
]

export default function Run() {
  const screen = useLoaderData<typeof loader>()
  const { run, scope, isLive, computedAt, asOfPublication } = screen
  const refusal = useRefusal()
  useLive(isLive)
  const isRollback = run.trigger === 'rollback'
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Runs', href: paths.runs(scope) }, { label: `Run ${run.runId}` }]} />}
        title={`Run ${run.runId} · ${run.title}`}
        badge={<RunStatusBadge status={run.status} />}
        state={stateSentence(screen)}
        actions={<ActionButtons screen={screen} />}
      />
      {refusal && !screen.search.do && (
        <Notice kind="broken" title={refusal.message ?? 'This was not done'}>
          {refusal.advice}
        </Notice>
      )}
      <StateNotice screen={screen} />
      {!isRollback && (
        <Section title="Stages" note={run.attempt > 1 ? `of attempt ${run.attempt}` : undefined}>
          <StageStrip stages={stagesOf(screen)} />
          {run.status === 'running' && <LiveProgress screen={screen} />}
        </Section>
      )}
      <Tabs label="Views of the run" tabs={tabsOf(screen)} />
      {screen.search.view === undefined && <Outcome screen={screen} />}
      {screen.search.view === 'timeline' && <Timeline screen={screen} />}
      {screen.search.view === 'trace' && (
        <>
          <TraceView screen={screen} />
          {!isRollback && <CallsTable screen={screen} />}
        </>
      )}
      <FigureFooter
        asOfPublication={asOfPublication || null}
        computedAt={computedAt}
        rows={screen.sums.reduce((n, sum) => (sum.checkpoint === 'extracted' ? n + sum.count : n), 0)}
        rowsAre="records extracted"
      />
      <ActionDialog screen={screen} refusal={refusal} />
    </>
  )
}

function tabsOf({ run, scope, search }: Screen): Tab[] {
  const tab = (view: 'timeline' | 'trace' | undefined, label: string): Tab => ({
    label,
    href: paths.run(run.runId, { ...scope, ...(view && { view }) }),
    current: search.view === view,
  })
  return [tab(undefined, 'Outcome'), tab('timeline', 'Timeline'), tab('trace', 'Trace and requests')]
}
