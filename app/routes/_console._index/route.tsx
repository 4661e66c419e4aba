import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { Fragment, type ReactNode } from 'react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readTower, readUnreadMentions } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Age } from '#app/ui/time.tsx'
import type { Role } from '#server/domain/actor.ts'
import { CausesTable } from './causes-table.tsx'
import { CloseTable } from './close-table.tsx'
import { DayGrid } from './day-grid.tsx'
import { FeedsTable } from './feeds-table.tsx'
import { FigureStrip } from './figure-strip.tsx'
import { tilesOf } from './figures.ts'
import { MentionsTable } from './mentions-table.tsx'
import { MoneyTable } from './money-table.tsx'
import { PublicationsTable } from './publications-table.tsx'
import { GoingRuns, StoppedRuns } from './runs-tables.tsx'
import { stateOfTower } from './state-of-tower.ts'
import { StatusGrid } from './status-grid.tsx'

const Search = z.object({ grid: z.enum(['periods', 'jobs', 'days']).optional() })

export const loader = guarded('tower:read', async ({ url, services: { context }, actor, scope }) => {
  // IT thinks in jobs, everybody else in periods.
  const grid = readSearch(url, Search).grid ?? (actor.role === 'it' ? 'jobs' : 'periods')
  const { entity, period, version, publication, isPast } = scope
  const request = { role: actor.role, grid, entity, period, version, publication, scope: actor.entityScope }
  const [tower, mentions] = await Promise.all([
    readTower(context.db, request, context.now()),
    readUnreadMentions(context.db, actor),
  ])
  return { ...tower, mentions, role: actor.role, scope: scopeOf(scope), publication, isPast }
})

export const meta: MetaFunction = () => [{ title: 'Tower · Finance Control Tower' }]

type Part = 'causes' | 'feeds' | 'money' | 'close' | 'grid' | 'stopped' | 'going' | 'publications'
/** Everybody sees everything; what one acts on comes first. Two of a kind stand side by side where there is room. */
const ORDER: Record<Role | 'service', readonly (readonly Part[])[]> = {
  finance_operations: [['causes', 'feeds'], ['grid'], ['stopped', 'money'], ['going'], ['close'], ['publications']],
  controller: [['close', 'money'], ['causes'], ['grid'], ['stopped', 'feeds'], ['going'], ['publications']],
  it: [['causes', 'going'], ['stopped', 'feeds'], ['grid'], ['close', 'money'], ['publications']],
  auditor: [['grid'], ['close', 'money'], ['causes'], ['stopped', 'feeds'], ['going'], ['publications']],
  admin: [['grid'], ['close', 'money'], ['causes'], ['stopped', 'feeds'], ['going'], ['publications']],
  service: [['grid']],
}

export default function Tower() {
  const data = useLoaderData<typeof loader>()
  const { role, scope, publication, isPast, going } = data
  useLive(going.count > 0)
  const groups = tilesOf(data, scope, role)
  const parts = partsOf(data)
  return (
    <>
      <PageHeader title="Tower" state={stateOfTower(role, data)} />
      {isPast && (
        <Notice kind="info" title="Exceptions, runs and feeds are shown as they stand now">
          The grid and the publications are as of publication {publication}; what somebody must act on is not kept by publication.
        </Notice>
      )}
      <FigureStrip groups={groups} />
      <MentionsTable {...data.mentions} now={data.computedAt} />
      {ORDER[role].map((row) =>
        row.length === 1 ? (
          <Fragment key={row[0]}>{parts[row[0]!]}</Fragment>
        ) : (
          <div key={row.join(' ')} className="side-by-side">
            {row.map((part) => (
              <Fragment key={part}>{parts[part]}</Fragment>
            ))}
          </div>
        ),
      )}
    </>
  )
}

type Data = ReturnType<typeof useLoaderData<typeof loader>>

function partsOf(data: Data): Record<Part, ReactNode> {
  const { role, scope, publication, causes, feeds, money, close, stopped, going, queue, publications, computedAt } = data
  const isIt = role === 'it'
  const now = { ...scope, asOf: undefined }
  return {
    causes: (
      <Section
        title={isIt ? 'Technical and unclassified causes' : 'Open causes'}
        note="Newest first"
        actions={<All href={paths.exceptions({ ...now, ...(isIt && { class: 'technical' }) })}>All exceptions</All>}
      >
        <CausesTable
          rows={causes}
          scope={now}
          now={computedAt}
          empty={`No ${isIt ? 'technical ' : ''}cause is open: every record and every control of the runs so far passed, or was mended since.`}
        />
      </Section>
    ),
    feeds: (
      <Section
        title="Late and expected feeds"
        note="Missing ones first"
        actions={<All href={paths.feeds({ entity: scope.entity })}>All feeds</All>}
      >
        <FeedsTable rows={feeds.rows} now={computedAt} />
      </Section>
    ),
    money: (
      <Section title="Amounts at stake" note="Currencies and columns are never added up">
        <MoneyTable rows={money} scope={scope} />
      </Section>
    ),
    close: (
      <Section title="What blocks the close" note="The newest period of each entity that has ended">
        <CloseTable
          rows={close}
          scope={scope}
          footer={
            <FigureFooter asOfPublication={publication || null} computedAt={computedAt} rows={close.length} rowsAre="entities" />
          }
        />
      </Section>
    ),
    grid: <GridSection data={data} />,
    stopped: (
      <Section title="Runs to mend" actions={<All href={paths.runs({ ...now, is: 'to_mend' })}>All of them</All>}>
        <StoppedRuns rows={stopped.runs} scope={now} now={computedAt} />
      </Section>
    ),
    going: (
      <Section
        title="Runs now"
        note={
          <>
            {queue.workers === 0 ? 'No worker is alive' : `${queue.workers} ${queue.workers === 1 ? 'worker' : 'workers'} alive`},{' '}
            {queue.waiting} in the queue
            {queue.oldest && (
              <>
                , the oldest for <Age from={queue.oldest} now={computedAt} />
              </>
            )}
          </>
        }
        actions={<All href={paths.runs(now)}>All runs</All>}
      >
        <GoingRuns rows={going.runs} scope={now} now={computedAt} />
      </Section>
    ),
    publications: <PublicationsTable rows={publications} scope={scope} />,
  }
}

const All = ({ href, children }: { href: string; children: ReactNode }) => (
  <Link href={href} className="link whitespace-nowrap">
    {children}
  </Link>
)

const GRIDS = { periods: 'Periods', jobs: 'Jobs', days: 'Days' } as const
const GRID_NOTES = {
  periods: 'Entities and periods, the worst of each',
  jobs: 'Entities and jobs, the worst of each',
  days: 'Jobs and the last four weeks, the worst run of each day',
} as const

function GridSection({ data: { grid, scope, publication, computedAt } }: { data: Data }) {
  const isDays = grid.view === 'days'
  const footer = (
    <FigureFooter
      asOfPublication={publication || null}
      computedAt={computedAt}
      rows={grid.rows.length}
      rowsAre={isDays ? 'jobs' : 'entities'}
    />
  )
  return (
    <Section title="Where it stands" note={GRID_NOTES[grid.view]}>
      <Tabs
        label="Against what"
        tabs={(['periods', 'jobs', 'days'] as const).map((name) => ({
          href: paths.tower({ ...scope, grid: name }),
          label: GRIDS[name],
          current: grid.view === name,
        }))}
      />
      {isDays ? <DayGrid grid={grid} scope={scope} footer={footer} /> : <StatusGrid grid={grid} scope={scope} footer={footer} />}
    </Section>
  )
}
