import { data, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readCallsSearch } from '#app/.server/calls-search.ts'
import { readForm, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readSystem } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths, type SystemSearch } from '#app/paths.ts'
import { useAnswer } from '#app/routes/_console/use-answer.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { HealthBadge, HEALTH_LOOK, outcomeWords } from '#app/routes/_console/connection-words.tsx'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { WindowTabs } from '#app/routes/_console/window-tabs.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { formatAge, formatDuration } from '#app/ui/time.tsx'
import { CallsTable } from './calls-table.tsx'
import { DeliveredBy } from './delivered-by.tsx'
import { JobsTable } from './jobs-table.tsx'

const Params = z.object({ code: z.string().max(64) })
const TestForm = z.object({ intent: z.literal('test'), job: z.string().max(64) })

export const loader = guarded('systems:read', async (given) => {
  const { code } = readParams(given.params, Params)
  const { slower, ...search } = readCallsSearch(given)
  const { db, now, credential } = given.services.context
  const detail = await readSystem(db, { ...search, slowerMs: slower, code, credential }, now())
  const { before: _, after: __, ...view } = search
  return {
    ...detail,
    view: { ...scopeOf(given.scope), ...view, ...(slower !== undefined && { slower }) },
    scope: scopeOf(given.scope),
    reason: againstRole(given.actor, 'testConnection'),
  }
})

export const action = guarded('systems:read', async ({ request, services, actor }) => {
  const { job } = await readForm(request, TestForm)
  return data({ test: await services.testConnection({ job, actor }) })
})

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `${given ? `System ${given.system.code}` : 'System'} · Finance Control Tower` },
]

export default function System() {
  const { system, jobs, deliveredBy, window, view, scope, reason, computedAt, ...page } = useLoaderData<typeof loader>()
  const answer = useAnswer<typeof action>()
  const refusal = useRefusal()
  const { figures } = system
  const isFiles = jobs.length > 0 && jobs.every(({ type }) => type === 'file')
  const here: SystemSearch = view
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Systems', href: paths.systems({ ...scope, window }) },
              { label: <span className="mono">{system.code}</span> },
            ]}
          />
        }
        title={system.name}
        badge={
          <>
            <HealthBadge health={figures.health} isFiles={isFiles} />
            {system.simulated && <Badge tone="past">Simulated system</Badge>}
          </>
        }
        state={stateOf(figures, isFiles, computedAt)}
        actions={
          <Link href={paths.audit({ object: `system ${system.code}` })} className="link self-center">
            Audit of this system
          </Link>
        }
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'The test was not made, and it is our fault'}>
          {refusal.advice} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      {answer && 'test' in answer && <TestResult {...answer.test} />}
      <WindowTabs window={window} href={(one) => paths.system(system.code, { ...scope, window: one })} />
      {deliveredBy.length > 0 && <DeliveredBy system={system.code} jobs={deliveredBy} scope={scope} />}
      {jobs.length > 0 && (
        <JobsTable
          system={system.code}
          jobs={jobs}
          view={{ ...scope, window, until: page.until }}
          reason={reason}
          now={computedAt}
        />
      )}
      <CallsTable
        system={system.code}
        view={here}
        jobs={[...new Set([...jobs, ...deliveredBy].map(({ job }) => job))]}
        {...page}
      />
    </>
  )
}

type Test = {
  readonly job: string
  readonly outcome: string
  readonly name: string
  readonly sentence: string
  readonly detail: string | null
  readonly action: string | null
  readonly ms: number
}

function TestResult({ job, outcome, name, sentence, detail, action: todo, ms }: Test) {
  return (
    <Notice kind={outcome === 'ok' ? 'success' : 'broken'} title={sentence}>
      <p>
        Asked for <span className="mono wrap-anywhere">{name}</span> as job{' '}
        <Link href={paths.job(job)} className="link mono">
          {job}
        </Link>
        ; none of it was kept.{outcome !== 'ok' && ` It took ${formatDuration(ms)}.`}
      </p>
      {detail && <p className="mono wrap-anywhere">{detail}</p>}
      {todo && <p>{todo}</p>}
    </Notice>
  )
}

type Standing = {
  readonly health: keyof typeof HEALTH_LOOK
  readonly lastOkAt: string | null
  readonly lastFailedAt: string | null
  readonly lastFailure: string | null
  readonly calls: number
}

function stateOf({ health, lastOkAt, lastFailedAt, lastFailure, calls }: Standing, isFiles: boolean, now: string): string {
  if (health === 'never_asked')
    return isFiles ? 'People bring its files; nothing is asked of it.' : 'Nothing was asked of it yet: test its connection.'
  const failure = lastFailedAt
    ? ` Last failure ${agoWords(lastFailedAt, now)}: ${outcomeWords(lastFailure ?? '').toLowerCase()}.`
    : ' It never failed.'
  const success = lastOkAt ? ` It last answered ${agoWords(lastOkAt, now)}.` : ' It never answered.'
  return `${HEALTH_LOOK[health].what}${success}${failure} ${counted(calls, 'call')} in the window.`
}

const agoWords = (at: string, now: string) => {
  const age = formatAge(at, now)
  return age === 'now' ? 'just now' : `${age} ago`
}
