import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { readCallsSearch } from '#app/.server/calls-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readSystems } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { callColumns } from '#app/routes/_console/call-figures.tsx'
import { HEALTH_LOOK, HealthBadge } from '#app/routes/_console/connection-words.tsx'
import { WindowTabs } from '#app/routes/_console/window-tabs.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { HEALTH } from '#server/domain/connection-health.ts'

export const loader = guarded('systems:read', async (given) => {
  const { window, until } = readCallsSearch(given)
  const { db, now, credential } = given.services.context
  return { ...(await readSystems(db, { window, until, credential }, now())), scope: scopeOf(given.scope) }
})

export const meta: MetaFunction = () => [{ title: 'Systems · Finance Control Tower' }]

export default function Systems() {
  const { systems, window, from, until, scope, computedAt } = useLoaderData<typeof loader>()
  type Row = (typeof systems)[number]
  const columns = callColumns<Row>({
    figuresOf: ({ figures }) => figures,
    systemOf: ({ code }) => code,
    viewOf: () => ({ ...scope, window, until }),
    now: computedAt,
  })
  return (
    <>
      <PageHeader title="Systems" state={stateOf(systems)} />
      <WindowTabs window={window} href={(one) => paths.systems({ ...scope, window: one })} />
      <DataTable
        caption="Connected systems"
        rows={systems}
        rowKey={({ code }) => code}
        href={({ code }) => paths.system(code, { ...scope, window })}
        columns={[
          { key: 'system', head: 'System', cell: ({ code, name }) => <Name code={code} name={name} /> },
          {
            key: 'health',
            head: 'Health',
            fit: true,
            cell: ({ figures, jobs }) => (
              <HealthBadge health={figures.health} isFiles={jobs.length > 0 && jobs.every(({ type }) => type === 'file')} />
            ),
          },
          { key: 'kind', head: 'Kind and jobs', fit: true, cell: (row) => <Kind {...row} /> },
          ...columns,
        ]}
        empty={
          <EmptyState title="No system is connected" actions={<ButtonLink href={paths.jobs()}>See jobs</ButtonLink>}>
            A system appears here with the first job that names it.
          </EmptyState>
        }
        footer={
          <p className="figure-foot">
            <span>
              Calls from <Time at={from} seconds /> to <Time at={until} seconds showZone />
            </span>
            <span>{counted(systems.length, 'system')}</span>
            <span>Speeds are of calls that were answered; health is read from the five newest calls</span>
          </p>
        }
      />
    </>
  )
}

function Name({ code, name }: { code: string; name: string }) {
  return (
    <span className="grid max-w-[26ch] py-1 2xl:max-w-none" title={name}>
      <span className="mono truncate">{code}</span>
      <span className="truncate font-normal text-ink-2">{name}</span>
    </span>
  )
}

type KindProps = {
  kind: string
  simulated: boolean
  jobs: readonly { readonly job: string; readonly type: keyof typeof SOURCE_WORDS }[]
}

/** Nobody may take a simulator for the vendor's system. */
function Kind({ kind, simulated, jobs }: KindProps) {
  return (
    <span className="grid py-1" title={jobs.map(({ job }) => job).join(', ')}>
      <span>
        {KIND_WORDS[kind] ?? kind}
        {simulated && ', simulated'}
      </span>
      <span className="text-ink-3">
        {jobs.length === 0 ? 'a target only' : `${counted(jobs.length, 'job')}, ${sourcesOf(jobs)}`}
      </span>
    </span>
  )
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  erp: 'ERP',
  planning: 'Planning',
  crm: 'CRM',
  billing: 'Billing',
  hcm: 'HCM',
  procurement: 'Procurement',
  bank: 'Bank',
  warehouse: 'Warehouse',
  bi: 'BI',
  middleware: 'Middleware',
  file: 'Files',
}

const SOURCE_WORDS = { http: 'over HTTP', folder: 'from a folder', file: 'files by hand' } as const

const sourcesOf = (jobs: readonly { readonly type: keyof typeof SOURCE_WORDS }[]): string =>
  [...new Set(jobs.map(({ type }) => SOURCE_WORDS[type]))].join(', ')

function stateOf(systems: readonly { readonly figures: { readonly health: (typeof HEALTH)[number]; readonly calls: number } }[]) {
  const bad = HEALTH.filter((health) => health !== 'well' && health !== 'never_asked').flatMap((health) => {
    const count = systems.filter(({ figures }) => figures.health === health).length
    return count === 0 ? [] : [`${count} ${HEALTH_LOOK[health].label.toLowerCase()}`]
  })
  const all = `${counted(systems.length, 'system')} connected`
  if (bad.length > 0) return `${all}: ${bad.join(', ')}.`
  return systems.some(({ figures }) => figures.health === 'well')
    ? `${all}; all that were asked answer well.`
    : `${all}; none was asked by itself yet.`
}
