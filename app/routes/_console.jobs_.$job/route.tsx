import { randomUUID } from 'node:crypto'
import { data, redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { useAnswer } from '#app/routes/_console/use-answer.ts'
import { onFailureWords, sourceWords, targetWords } from '#app/routes/_console/job-words.ts'
import { durationOf } from '#app/routes/_console/run-times.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { CodeBlock } from '#app/ui/code-block.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Duration, Time } from '#app/ui/time.tsx'
import { readJob, readScheduleDialog, type ShownJob } from '#app/.server/reads.ts'
import { Actions } from './actions.tsx'
import { FeedsOfJob, TicksOfJob } from './clock-tables.tsx'
import { factsOf } from './facts.tsx'
import { JobDialog } from './job-dialog.tsx'
import { reasonsAgainst } from './reasons-against.ts'
import { ScheduleFields, scheduleAsked, scheduleOf } from './schedule-form.ts'

const Params = z.object({ job: z.string().max(64) })
const Search = z.object({
  version: Id.optional(),
  do: z.enum(['pause', 'resume', 'schedule']).optional(),
  ...ScheduleFields,
})
const Key = z.uuid()
const Why = z
  .string({ error: 'Say why: this is kept for ever' })
  .min(5, 'Say why in at least 5 characters')
  .max(1_000, 'Say it in at most 1,000 characters')
const JobForm = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('run'), idempotencyKey: Key }),
  z.object({ intent: z.literal('pause'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('resume'), idempotencyKey: Key, reason: Why }),
  z.object({ intent: z.literal('schedule'), idempotencyKey: Key, reason: Why, ...ScheduleFields }),
])

export const loader = guarded('jobs:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { job } = readParams(params, Params)
  const search = readSearch(url, Search)
  const view = await readJob(context.db, job, search.version, actor.entityScope, context.now())
  const asked = scheduleAsked(search, view.job.definition.schedule ?? null)
  const dialog = search.do === 'schedule' ? await readScheduleDialog(context.db, asked.schedule, context.now()) : null
  return {
    ...view,
    search,
    asked,
    dialog,
    reasons: reasonsAgainst(actor, view.job),
    scope: scopeOf(scope),
    asOfPublication: scope.publication,
    key: randomUUID(),
  }
})

export const action = guarded('jobs:read', async ({ request, params, services, actor, scope }) => {
  const { job } = readParams(params, Params)
  const form = await readForm(request, JobForm)
  const asked = { job, actor, idempotencyKey: form.idempotencyKey }
  const here = paths.job(job, scopeOf(scope))
  switch (form.intent) {
    case 'pause':
      await services.pauseJob({ ...asked, reason: form.reason })
      return redirect(here)
    case 'resume':
      await services.resumeJob({ ...asked, reason: form.reason })
      return redirect(here)
    case 'schedule':
      await services.changeSchedule({ ...asked, reason: form.reason, schedule: scheduleOf(form) })
      return redirect(here)
    case 'run': {
      const { runIds } = await services.runJob(asked)
      const [first, ...others] = runIds
      if (first === undefined) return data({ found: 0 })
      return redirect(others.length === 0 ? paths.run(first, scopeOf(scope)) : paths.runs({ ...scopeOf(scope), job }))
    }
  }
})

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `${given ? `Job ${given.job.job}` : 'Job'} · Finance Control Tower` },
]

export default function Job() {
  const screen = useLoaderData<typeof loader>()
  const { job, versions, shown, runs, ticks, feeds, isLive, reasons, scope, computedAt, asOfPublication, search } = screen
  const { definition } = job
  const answer = useAnswer<typeof action>()
  const refusal = useRefusal()
  useLive(isLive)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Jobs', href: paths.jobs(scope) }, { label: <span className="mono">{job.job}</span> }]} />
        }
        title={definition.title}
        badge={<Badges job={job} />}
        state={`From ${definition.system.name} to ${targetWords(definition).toLowerCase()}: ${sourceWords(definition)}. ${onFailureWords(definition)}`}
        actions={<Actions screen={screen} />}
      />
      {refusal && !search.do && (
        <Notice kind="broken" title={refusal.message ?? 'It was not started, and it is our fault'}>
          {refusal.advice} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      {answer && 'found' in answer && (
        <Notice kind="success" title="There is no new file in the folder">
          Every file that is there was taken before, or was written a moment ago and may not be whole yet: that one is taken by
          itself within seconds. The same name with other bytes or another time counts as new.
        </Notice>
      )}
      {job.pausedAt !== null && (
        <Notice kind="attention" title="Paused: what becomes due starts nothing and is not made up for">
          Since <Time at={job.pausedAt} showZone />. It can still be run by hand, and what is expected of it stays expected.
        </Notice>
      )}
      <Section title="Facts">
        <KeyValue columns={2} items={factsOf(job, { scope, now: computedAt })} />
      </Section>
      {(definition.expected || feeds.length > 0) && <FeedsOfJob screen={screen} />}
      {(definition.schedule || ticks.length > 0) && <TicksOfJob screen={screen} />}
      <Section
        title="Latest runs"
        actions={
          runs.length > 0 && (
            <Link href={paths.runs({ ...scope, job: job.job })} className="link">
              All runs of this job
            </Link>
          )
        }
      >
        <DataTable
          caption="Latest runs of this job"
          rows={runs}
          rowKey={({ runId }) => `${runId}`}
          href={({ runId }) => paths.run(runId, scope)}
          columns={[
            { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => runId },
            { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
            { key: 'trigger', head: 'Trigger', fit: true, cell: ({ trigger }) => TRIGGER_WORDS[trigger] },
            {
              key: 'started',
              head: 'Started',
              fit: true,
              cell: ({ startedAt, queuedAt }) => <Time at={startedAt ?? queuedAt} seconds />,
            },
            { key: 'took', head: 'Took', align: 'number', fit: true, cell: (run) => <Duration ms={durationOf(run, null)} /> },
            {
              key: 'sentence',
              head: 'What happened',
              wrap: true,
              cell: ({ sentence }) => <span className="text-ink-2">{sentence}</span>,
            },
          ]}
          empty={
            <EmptyState
              title="It never ran"
              actions={
                definition.source.type === 'file' &&
                !reasons.load && (
                  <ButtonLink href={paths.upload({ ...scope, job: job.job })}>Load a file through this job</ButtonLink>
                )
              }
            >
              Nothing was loaded by this job so far.
            </EmptyState>
          }
        />
      </Section>
      <Section title="Versions" note="A version is never edited: a change is the next one.">
        <DataTable
          caption="Versions of this job, newest first"
          rows={versions}
          rowKey={({ version }) => `${version}`}
          href={({ version }) => paths.job(job.job, { ...scope, version: `${version}` })}
          selectedKey={`${shown.version}`}
          columns={[
            { key: 'version', head: 'Version', fit: true, cell: ({ version }) => version },
            { key: 'at', head: 'Made', fit: true, cell: ({ createdAt }) => <Time at={createdAt} seconds showZone /> },
            { key: 'by', head: 'By', cell: ({ createdBy }) => createdBy },
            {
              key: 'runs',
              head: 'Runs with it',
              align: 'number',
              fit: true,
              cell: ({ runs: count }) => count.toLocaleString('en'),
            },
          ]}
          empty={null}
        />
        <CodeBlock
          title={`${job.job}, version ${shown.version}`}
          text={shown.yaml}
          note={
            shown.version === job.version ? (
              'as it stands'
            ) : (
              <a className="link" href={paths.jobYaml(job.job, shown.version)} download>
                Export this version
              </a>
            )
          }
        />
      </Section>
      <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={runs.length} rowsAre="runs shown" />
      <JobDialog screen={screen} refusal={refusal} />
    </>
  )
}

function Badges({ job: { definition, pausedAt } }: { job: ShownJob }) {
  return (
    <>
      {pausedAt !== null && <Badge tone="held">Paused</Badge>}
      {definition.system.simulated && <Badge tone="past">Simulated system</Badge>}
    </>
  )
}
