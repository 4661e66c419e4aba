import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { counted, TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { readException } from '#app/.server/reads.ts'
import { ClaimFigures } from './claim-figures.tsx'
import { ByRun, JobLinks, RunLink } from './run-link.tsx'
import { WaitingRecords } from './waiting-records.tsx'
import { WayOn } from './way-on.tsx'

const Params = z.object({ exceptionId: Id })
const Search = z.object({ after: Key.optional() })

export const loader = guarded('exceptions:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { exceptionId } = readParams(params, Params)
  const { after } = readSearch(url, Search)
  const { entity, period, version } = scope
  const detail = await readException(
    context.db,
    { exceptionId, after, entity, period, version, scope: actor.entityScope },
    context.now(),
  )
  return { ...detail, after: after ?? null, role: actor.role, scope: scopeOf(scope) }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data?.exception.title ?? 'Exception'} · Finance Control Tower` },
]

export default function ExceptionRoute() {
  const { exception, advice, waiting, claims, runs, failedAttempts, lastRun, process, title, after, role, scope, computedAt } =
    useLoaderData<typeof loader>()
  const { failureClass, closedAt, closedByRunId, entities } = exception
  const isDrift = exception.code === 'member_drift'
  const isNarrowed = Boolean(scope.entity || scope.period || scope.version)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Exceptions', href: paths.exceptions({ ...scope, class: groupOf(failureClass) }) },
              { label: `Exception ${exception.exceptionId}` },
            ]}
          />
        }
        title={exceptionTitle(exception.title)}
        badge={
          <>
            <FailureClassBadge failureClass={failureClass} />
            {closedAt !== null && <Badge tone="past">Closed</Badge>}
          </>
        }
        state={
          closedAt === null ? (
            <>
              Open for <Age from={exception.openedAt} now={computedAt} />, owned by {exception.owner}
              {process && `. At risk: ${process.charAt(0).toLowerCase()}${process.slice(1)}`}.
            </>
          ) : (
            <>
              Closed <Time at={closedAt} showZone />
              {closedByRunId === null ? (
                ', because it is expected no more.'
              ) : (
                <>
                  {' '}
                  by <RunLink runId={closedByRunId} scope={scope} />, in which the control that had opened it passed.
                </>
              )}
            </>
          )
        }
        actions={closedAt === null && <WayOn exception={exception} lastRun={lastRun} role={role} scope={scope} />}
      />
      {closedAt === null && (
        <Notice kind={failureClass === 'business' || failureClass === 'control' ? 'attention' : 'broken'} title="What to do">
          {advice.action}
        </Notice>
      )}
      {isDrift && <Section title="What the systems say">{exception.detail}</Section>}
      {exception.isRedacted && (
        <Notice kind="info" title="The figures are not shown">
          This control covers a whole load, and some of its entities lie outside your scope.
        </Notice>
      )}
      <div className="grid grid-cols-1 items-start gap-x-10 gap-y-6 min-[1200px]:grid-cols-2">
        <Section title="The exception">
          <KeyValue
            items={[
              {
                key: failureClass === 'control' ? 'Stated minus found' : 'At stake',
                value: (
                  <AtStakeLeft
                    amounts={exception.amounts}
                    isRedacted={exception.isRedacted}
                    control={failureClass === 'control' ? { measure: exception.subject.measure } : null}
                  />
                ),
              },
              {
                key: 'Occurrences',
                value: counted(
                  exception.occurrences,
                  isDrift ? 'member' : failureClass === 'business' ? 'record' : failureClass === 'control' ? 'claim' : 'time',
                ),
              },
              {
                key: 'Entities',
                value:
                  entities.length > 0 ? (
                    <span className="mono">{entities.join(', ')}</span>
                  ) : isDrift ? (
                    'all'
                  ) : (
                    'the job as a whole'
                  ),
              },
              {
                key: exception.subject.jobs ? 'Jobs it stopped' : 'Job',
                value: exception.subject.jobs ? (
                  <JobLinks names={exception.subject.jobs.split(', ')} scope={scope} />
                ) : (
                  <>
                    <Link href={paths.job(exception.job)} className="link mono">
                      {exception.job}
                    </Link>{' '}
                    · {title}
                  </>
                ),
              },
              { key: 'Owner', value: exception.owner },
            ]}
          />
        </Section>
        <Section title="When">
          <KeyValue
            items={[
              {
                key: 'Opened',
                value: (
                  <>
                    <Time at={exception.openedAt} showZone /> <ByRun runId={exception.openedRunId} scope={scope} />
                  </>
                ),
              },
              {
                key: 'Last seen',
                value: (
                  <>
                    <Time at={exception.lastSeenAt} showZone /> <ByRun runId={exception.lastRunId} scope={scope} />
                  </>
                ),
              },
              {
                key: 'Closed',
                value:
                  closedAt === null ? (
                    'still open'
                  ) : (
                    <>
                      <Time at={closedAt} showZone />
                      {closedByRunId !== null && (
                        <>
                          , proof: <RunLink runId={closedByRunId} scope={scope} />
                        </>
                      )}
                    </>
                  ),
              },
              {
                key: 'Seen before',
                value:
                  exception.previousExceptionId === null ? (
                    'no, this is the first time'
                  ) : (
                    <>
                      yes, it was closed and came back:{' '}
                      <Link href={paths.exception(exception.previousExceptionId, scope)} className="link">
                        exception {exception.previousExceptionId}
                      </Link>
                    </>
                  ),
              },
            ]}
          />
        </Section>
      </div>
      {claims.length > 0 && exception.lastRunId !== null && <ClaimFigures claims={claims} runId={exception.lastRunId} />}
      {(waiting.rows.length > 0 || (failureClass === 'business' && !isDrift)) && (
        <WaitingRecords
          waiting={waiting}
          exceptionId={exception.exceptionId}
          isClosed={closedAt !== null}
          isNarrowed={isNarrowed}
          after={after}
          scope={scope}
        />
      )}
      <Section title="Runs that saw it">
        <DataTable
          caption="Runs that saw this exception"
          rows={runs}
          rowKey={({ runId }) => `${runId}`}
          href={({ runId }) => paths.run(runId, scope)}
          columns={[
            { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => `Run ${runId}` },
            { key: 'what', head: 'What it did here', fit: true, cell: ({ runId }) => roleOfRun(runId, exception) },
            { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
            { key: 'trigger', head: 'Trigger', fit: true, cell: ({ trigger }) => TRIGGER_WORDS[trigger] },
            { key: 'at', head: 'Ended', fit: true, cell: ({ at }) => <Time at={at} /> },
            { key: 'by', head: 'Asked for by', fit: true, cell: ({ requestedBy }) => requestedBy },
            {
              key: 'sentence',
              head: 'What happened',
              wrap: true,
              cell: ({ sentence }) => <span className="text-ink-2">{sentence}</span>,
            },
          ]}
          empty={<EmptyState title="No run saw it">It is about a run that did not come.</EmptyState>}
        />
      </Section>
      <Disclosure summary="Technical words">
        <KeyValue
          items={[
            { key: 'Code', value: <span className="mono">{exception.code}</span> },
            { key: 'Class', value: <span className="mono">{failureClass}</span> },
            ...(advice.technical ? [{ key: 'Rule', value: advice.technical }] : []),
            ...(exception.detail && !isDrift ? [{ key: 'Detail', value: exception.detail }] : []),
            ...Object.entries(exception.subject)
              .filter(([key, value]) => value !== '' && key !== 'targetSystem')
              .map(([key, value]) => ({ key, value: <span className="mono">{value}</span> })),
            ...failedAttempts.map(({ attempt, code, detail }) => ({
              key: `Attempt ${attempt}`,
              value: (
                <>
                  <span className="mono">{code}</span> {detail}
                </>
              ),
            })),
          ]}
        />
      </Disclosure>
    </>
  )
}

function AtStakeLeft(props: Parameters<typeof AtStake>[0]) {
  return (
    <span className="inline-block">
      <AtStake {...props} />
    </span>
  )
}

function roleOfRun(
  runId: number,
  {
    openedRunId,
    lastRunId,
    closedByRunId,
  }: { openedRunId: number | null; lastRunId: number | null; closedByRunId: number | null },
): string {
  const words = [
    runId === openedRunId && 'opened it',
    runId === lastRunId && runId !== openedRunId && 'saw it last',
    runId === closedByRunId && 'closed it',
  ].filter(Boolean)
  return words.length > 0 ? words.join(', ') : 'saw it'
}

const groupOf = (failureClass: string) => (failureClass.startsWith('technical') ? 'technical' : failureClass)
