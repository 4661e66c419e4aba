import { randomUUID } from 'node:crypto'
import { data, redirect, type MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react'
import { Play } from 'lucide-react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Badge } from '#app/ui/badge.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { onFailureWords, sourceWords, targetWords } from '#app/routes/_console/job-words.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { durationOf } from '#app/routes/_console/run-times.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { byteWords, counted, TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { CodeBlock } from '#app/ui/code-block.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Duration, Time } from '#app/ui/time.tsx'
import { mayDo } from '#server/domain/actor.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { readJob } from '#app/.server/reads.ts'

const Params = z.object({ job: z.string().max(64) })
const Search = z.object({ version: Id.optional() })
const RunForm = z.object({ intent: z.literal('run'), idempotencyKey: z.uuid() })

export const loader = guarded('jobs:read', async ({ params, url, services, actor, scope }) => {
  const { job } = readParams(params, Params)
  const { version } = readSearch(url, Search)
  const view = await readJob(services.context.db, job, version, actor.entityScope, services.context.now())
  const against = (may: boolean, what: string) => (may ? null : `Your role, ${ROLE_WORDS[actor.role]}, does not ${what}.`)
  const reasons = { run: against(mayDo(actor, 'startRun'), 'run jobs'), load: against(mayDo(actor, 'loadFile'), 'load files') }
  return { ...view, reasons, scope: scopeOf(scope), asOfPublication: scope.publication, key: randomUUID() }
})

export const action = guarded('jobs:read', async ({ request, params, services, actor, scope }) => {
  const { job } = readParams(params, Params)
  const { idempotencyKey } = await readForm(request, RunForm)
  const { runIds } = await services.runJob({ job, actor, idempotencyKey })
  const [first, ...others] = runIds
  if (first === undefined) return data({ found: 0 })
  return redirect(others.length === 0 ? paths.run(first, scopeOf(scope)) : paths.runs({ ...scopeOf(scope), job }))
})

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `${given ? `Job ${given.job.job}` : 'Job'} · Finance Control Tower` },
]

export default function Job() {
  const { job, versions, shown, runs, isLive, reasons, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const { definition } = job
  const answer = useActionData<typeof action>()
  const refusal = useRefusal()
  useLive(isLive)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Jobs', href: paths.jobs(scope) }, { label: <span className="mono">{job.job}</span> }]} />
        }
        title={definition.title}
        badge={definition.system.simulated && <Badge tone="past">Simulated system</Badge>}
        state={`From ${definition.system.name} to ${targetWords(definition).toLowerCase()}: ${sourceWords(definition)}. ${onFailureWords(definition)}`}
        actions={
          <>
            <DownloadLink href={paths.jobYaml(job.job)}>Export YAML</DownloadLink>
            <Starter definition={definition} />
          </>
        }
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'It was not started, and it is our fault'}>
          {refusal.advice} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      {answer && 'found' in answer && (
        <Notice kind="success" title="There is no new file in the folder">
          Every file that is there was taken before. The same name with other bytes or another time counts as new.
        </Notice>
      )}
      <Section title="Facts">
        <KeyValue columns={2} items={factsOf(job)} />
      </Section>
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
    </>
  )
}

/** A job that reads files takes one; the others are asked to go. */
function Starter({ definition }: { definition: JobDefinition }) {
  const { job, reasons, scope, key } = useLoaderData<typeof loader>()
  const isSending = useNavigation().formMethod === 'POST'
  if (definition.source.type === 'file') {
    if (reasons.load)
      return (
        <Button kind="primary" disabledReason={reasons.load} reasonAlign="end">
          Load a file through this job
        </Button>
      )
    return (
      <ButtonLink href={paths.upload({ ...scope, job: job.job })} kind="primary">
        Load a file through this job
      </ButtonLink>
    )
  }
  return (
    <Form method="post">
      <input type="hidden" name="intent" value="run" />
      <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
      <Button type="submit" kind="primary" icon={Play} pending={isSending} disabledReason={reasons.run} reasonAlign="end">
        {definition.source.type === 'folder' ? 'Load every new file now' : 'Ask the source now'}
      </Button>
    </Form>
  )
}

type Standing = {
  readonly job: string
  readonly definition: JobDefinition
  readonly version: number
  readonly changedAt: string
  readonly changedBy: string
  readonly openExceptions: number
}

function factsOf({ job, definition, version, changedAt, changedBy, openExceptions }: Standing) {
  const { system, rules, retry, limits, tolerance, extract, mapping } = definition
  const judged = [
    rules.required.length > 0 && `filled: ${rules.required.join(', ').replaceAll('_', ' ')}`,
    rules.members.length > 0 && `known and valid: ${rules.members.join(', ').replaceAll('_', ' ')}`,
    rules.balanced && 'every document balances',
    rules.approval && `approved in ${rules.approval.column}`,
  ].filter(Boolean)
  return [
    { key: 'Job', value: <span className="mono">{job}</span> },
    {
      key: 'Version',
      value: (
        <>
          {version}, made by {changedBy} at <Time at={changedAt} showZone />
        </>
      ),
    },
    {
      key: 'From',
      value: (
        <>
          <span className="mono">{system.code}</span> {system.name}
        </>
      ),
    },
    { key: 'To', value: targetWords(definition) },
    { key: 'Owner', value: definition.owner },
    { key: 'Process at risk', value: definition.process || null },
    {
      key: 'A load holds',
      value:
        extract === 'full'
          ? 'all lines of its slices; what is missing is withdrawn'
          : 'what is new or changed; what is not mentioned stays',
    },
    {
      key: 'A line is known by',
      value: mapping.key ? <span className="mono">{mapping.key.join(' + ')}</span> : 'the keys its format brings along',
    },
    { key: 'Records must be', value: judged.length > 0 ? judged.join('; ') : null },
    { key: 'Tolerance', value: `${tolerance.absolute}, for stated sums only, in units of the currency` },
    { key: 'Tries', value: `${counted(retry.attempts, 'attempt')} where the failure passes by itself` },
    { key: 'Largest file', value: byteWords(limits.maxBytes) },
    {
      key: 'Open exceptions',
      value:
        openExceptions === 0 ? (
          'none'
        ) : (
          <Link href={paths.exceptions({ job })} className="link">
            {openExceptions}
          </Link>
        ),
    },
  ]
}
