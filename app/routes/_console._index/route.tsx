import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Amount } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { hasEnded } from '#server/domain/run.ts'
import { readTower } from '#app/.server/reads.ts'
import { FigureStrip, type StripFigure } from './figure-strip.tsx'
import { StatusGrid } from './status-grid.tsx'

export const loader = guarded('tower:read', async ({ services: { context }, actor, scope }) => {
  const { entity, period, version, publication, isPast } = scope
  const tower = await readTower(context.db, { entity, period, version, publication, scope: actor.entityScope }, context.now())
  return { ...tower, role: actor.role, scope: scopeOf(scope), publication, isPast }
})

export const meta: MetaFunction = () => [{ title: 'Tower · Finance Control Tower' }]

export default function Tower() {
  const { open, atStake, runs, grid, publications, role, scope, publication, isPast, computedAt } = useLoaderData<typeof loader>()
  useLive(runs.some(({ status }) => !hasEnded(status)))
  const technical = open.technical_permanent + open.technical_transient
  const of = (...statuses: string[]) => runs.filter(({ status }) => statuses.includes(status)).length
  const figures: StripFigure[] = [
    {
      key: 'business',
      label: 'Business',
      of: 'open exceptions',
      count: open.business,
      tone: 'attention',
      href: paths.exceptions({ ...scope, class: 'business' }),
    },
    {
      key: 'control',
      label: 'Control',
      of: 'open exceptions',
      count: open.control,
      tone: 'held',
      href: paths.exceptions({ ...scope, class: 'control' }),
    },
    {
      key: 'technical',
      label: 'Technical',
      of: 'open exceptions',
      count: technical,
      tone: 'broken',
      href: paths.exceptions({ ...scope, class: 'technical' }),
    },
    {
      key: 'unclassified',
      label: 'Unclassified',
      of: 'open exceptions',
      count: open.unclassified,
      tone: 'attention',
      href: paths.exceptions({ ...scope, class: 'unclassified' }),
    },
    { key: 'held', label: 'Held', of: 'runs to mend', count: of('held'), tone: 'held', href: '#runs' },
    { key: 'failed', label: 'Failed', of: 'runs to mend', count: of('failed'), tone: 'broken', href: '#runs' },
    { key: 'going', label: 'Going on', of: 'runs', count: of('queued', 'running', 'waiting'), tone: 'running', href: '#runs' },
  ]
  return (
    <>
      <PageHeader
        title="Tower"
        state={stateOf(role === 'it', open.business + open.control, technical + open.unclassified, of('held'), of('failed'))}
      />
      {isPast && (
        <Notice kind="info" title="Exceptions and runs are shown as they stand now">
          The grid and the publications are as of publication {publication}; what somebody must act on is not kept by publication.
        </Notice>
      )}
      <FigureStrip figures={role === 'it' ? itFirst(figures) : figures} />
      <div className="grid grid-cols-1 items-start gap-x-10 gap-y-6 min-[1900px]:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Section title="Entities and periods" note="The worst of each: held, open causes, or fine">
          <StatusGrid
            grid={grid}
            scope={scope}
            footer={
              <FigureFooter
                asOfPublication={publication || null}
                computedAt={computedAt}
                rows={grid.rows.length}
                rowsAre="entities"
              />
            }
          />
        </Section>
        <Section title="At stake" note="Behind open exceptions, per currency; currencies are never added">
          <DataTable
            caption="Amounts at stake"
            rows={atStake}
            rowKey={({ kind, currency }) => `${kind} ${currency}`}
            href={({ kind, currency }) => paths.exceptions({ ...scope, class: kind, currency })}
            columns={[
              {
                key: 'what',
                head: 'What',
                cell: ({ kind }) => (kind === 'business' ? 'Records that wait' : 'Stated minus found'),
              },
              {
                key: 'amount',
                head: 'Amount',
                align: 'number',
                cell: ({ amount, currency }) => <Amount value={amount} currency={currency} alignTo={2} />,
              },
              { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
              {
                key: 'count',
                head: 'Records or claims',
                align: 'number',
                cell: ({ kind, count }) => (kind === 'business' ? counted(count, 'record') : counted(count, 'claim')),
              },
            ]}
            empty={
              <EmptyState title="No amount waits">
                Nothing that is open concerns money{scope.entity ? ` of ${scope.entity}` : ''}.
              </EmptyState>
            }
          />
        </Section>
      </div>
      <div id="runs" className="scroll-mt-16">
        <Section
          title="Runs that wait for somebody, and runs going on"
          actions={
            <Link href={paths.runs(scope)} className="link">
              All runs
            </Link>
          }
        >
          <DataTable
            caption="Runs that wait or go on"
            rows={runs}
            rowKey={({ runId }) => `${runId}`}
            href={({ runId }) => paths.run(runId, scope)}
            columns={[
              { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => runId },
              { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
              { key: 'job', head: 'Job', wrap: true, cell: ({ job, title }) => <JobCell job={job} title={title} /> },
              { key: 'since', head: 'Since', fit: true, cell: ({ since }) => <Age from={since} now={computedAt} /> },
              {
                key: 'sentence',
                head: 'What happened',
                wrap: true,
                cell: ({ sentence, progress }) => sentence ?? (progress ? `In stage ${progress}.` : 'Waits for its turn.'),
              },
            ]}
            empty={
              <EmptyState title="No run waits for anybody">
                Held and failed runs are listed here until they are mended, and runs while they go on.
              </EmptyState>
            }
          />
        </Section>
      </div>
      <Section title="Newest publications" note="What became current last">
        <DataTable
          caption="Newest publications"
          rows={publications}
          rowKey={(row) => `${row.publication}`}
          href={(row) => paths.run(row.runId, scope)}
          columns={[
            { key: 'publication', head: 'Publication', fit: true, cell: (row) => row.publication },
            { key: 'at', head: 'Published', fit: true, cell: (row) => <Time at={row.publishedAt} /> },
            { key: 'job', head: 'Job', wrap: true, cell: ({ job, title }) => <JobCell job={job} title={title} /> },
            { key: 'sentence', head: 'What it brought', wrap: true, cell: (row) => <Sentence {...row} /> },
            {
              key: 'changes',
              head: 'What changed',
              fit: true,
              cell: (row) => <ChangesLink publication={row.publication} scope={scope} />,
            },
          ]}
          empty={
            <EmptyState title="Nothing is published yet" actions={<ButtonLink href={paths.upload()}>Load a file</ButtonLink>}>
              The first load that passes its controls appears here.
            </EmptyState>
          }
        />
      </Section>
    </>
  )
}

function JobCell({ job, title }: { job: string; title: string }) {
  return (
    <span className="grid">
      <span className="truncate">{title}</span>
      <span className="mono text-ink-3">{job}</span>
    </span>
  )
}

function Sentence({ sentence, withdrawnBy }: { sentence: string | null; withdrawnBy: number | null }) {
  return (
    <span className="text-ink-2">
      {sentence}
      {withdrawnBy !== null && ` Withdrawn by publication ${withdrawnBy}.`}
    </span>
  )
}

function ChangesLink({ publication, scope }: { publication: number; scope: Scope }) {
  const { entity, period, version } = scope
  return (
    <Link
      href={paths.totals({ entity, period, version, view: 'changes', since: publication - 1, asOf: publication })}
      className="link"
    >
      Totals before and after
    </Link>
  )
}

/** IT acts on technical and unclassified failures first. */
function itFirst(figures: StripFigure[]): StripFigure[] {
  const first = ['technical', 'unclassified', 'failed']
  return [
    ...first.flatMap((key) => figures.filter((figure) => figure.key === key)),
    ...figures.filter(({ key }) => !first.includes(key)),
  ]
}

function stateOf(isIt: boolean, ofFinance: number, ofIt: number, held: number, failed: number): string {
  const finance = ofFinance > 0 && `${counted(ofFinance, 'cause')} for finance`
  const it = ofIt > 0 && `${counted(ofIt, 'cause')} for IT`
  const words = [
    ...(isIt ? [it, finance] : [finance, it]),
    held > 0 && `${counted(held, 'load')} held`,
    failed > 0 && `${counted(failed, 'run')} failed`,
  ].filter(Boolean)
  return words.length > 0 ? `Open: ${words.join(', ')}.` : 'Nothing waits: all that was loaded is published and ties.'
}
