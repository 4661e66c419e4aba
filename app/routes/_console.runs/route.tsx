import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { readRunsView } from '#app/.server/runs-search.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RUN_STATUS_LOOK } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { counted, KIND_WORDS, TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { NewRows } from '#app/routes/_console/new-rows.tsx'
import { useHeldBack } from '#app/routes/_console/use-held-back.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { RUN_KINDS } from '#server/domain/run-kind.ts'
import { RUN_STATUSES, RUN_TRIGGERS } from '#server/domain/run.ts'
import { readRunList } from '#app/.server/reads.ts'
import { RunTable } from './run-table.tsx'

export const loader = guarded('runs:read', async (given) => {
  const { search, filter } = readRunsView(given)
  const { context } = given.services
  const view = await readRunList(context.db, filter, context.now())
  return { ...view, search, scope: scopeOf(given.scope), asOfPublication: given.scope.publication }
})

export const meta: MetaFunction = () => [{ title: 'Runs · Finance Control Tower' }]

export default function Runs() {
  const { rows, jobs, systems, hasNewer, hasOlder, isLive, search, scope, asOfPublication, computedAt } =
    useLoaderData<typeof loader>()
  const { shown, ...news } = useHeldBack(rows, ({ runId }) => `${runId}`)
  useLive(isLive, ['runs'])
  const { before: _, after: __, ...filters } = search
  const view = { ...scope, ...filters }
  const [first, last] = [shown[0], shown.at(-1)]
  return (
    <>
      <PageHeader
        title="Runs"
        state={stateOf(shown)}
        actions={
          <>
            <ButtonLink href={paths.replays(scope)}>Replays</ButtonLink>
            <ButtonLink href={paths.deliveries(scope)}>Deliveries</ButtonLink>
            <ButtonLink href={paths.upload({ ...scope, ...(search.job && { job: search.job }) })} kind="primary">
              Load a file
            </ButtonLink>
          </>
        }
      />
      <FilterBar
        action={paths.runs()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), endedFrom: search.endedFrom, endedTo: search.endedTo }}
        filters={[
          {
            kind: 'select',
            name: 'job',
            label: 'Job',
            value: search.job ?? '',
            options: [
              { value: '', label: 'All' },
              ...jobs.map(({ name, title }) => ({ value: name, label: `${name} · ${title}` })),
            ],
          },
          {
            kind: 'select',
            name: 'system',
            label: 'System',
            value: search.system ?? '',
            options: [
              { value: '', label: 'All' },
              ...systems.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` })),
            ],
          },
          {
            kind: 'select',
            name: 'status',
            label: 'Status',
            value: search.status ?? '',
            options: [
              { value: '', label: 'All' },
              ...RUN_STATUSES.filter((status) => status !== 'rehearsed').map((value) => ({
                value,
                label: RUN_STATUS_LOOK[value].label,
              })),
            ],
          },
          {
            kind: 'select',
            name: 'trigger',
            label: 'Trigger',
            value: search.trigger ?? '',
            options: [{ value: '', label: 'All' }, ...RUN_TRIGGERS.map((value) => ({ value, label: TRIGGER_WORDS[value] }))],
          },
          {
            kind: 'select',
            name: 'is',
            label: 'Which',
            value: search.is ?? '',
            options: [{ value: '', label: 'All' }, ...RUN_KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))],
          },
          { kind: 'date', name: 'from', label: 'From', value: search.from ?? '' },
          { kind: 'date', name: 'to', label: 'To', value: search.to ?? '' },
        ]}
        end={<NewRows {...news} />}
      />
      <RunTable
        rows={shown}
        scope={scope}
        now={computedAt}
        empty={<NoRuns isFiltered={Object.values(view).some((value) => value !== undefined)} resetHref={paths.runs()} />}
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={shown.length} rowsAre="runs" />
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.runs({ ...view, after: `${first.runId}` }) : null}
            olderHref={hasOlder && last ? paths.runs({ ...view, before: `${last.runId}` }) : null}
          />
        }
      />
    </>
  )
}

type Row = { readonly runId: number; readonly status: string }

function stateOf(rows: readonly Row[]): string {
  const of = (...statuses: string[]) => rows.filter((row) => statuses.includes(row.status)).length
  const [going, held, failed] = [of('blocked', 'queued', 'running', 'waiting'), of('held'), of('failed')]
  const parts = [
    going > 0 && `${going} going on`,
    failed > 0 && `${failed} failed`,
    held > 0 && `${held} held, nothing of ${held === 1 ? 'it' : 'them'} published`,
  ].filter(Boolean)
  if (rows.length === 0) return 'No run matches.'
  return `${counted(rows.length, 'run')} on this page${parts.length > 0 ? `: ${parts.join(', ')}.` : ', all ended well or were cancelled.'}`
}

function NoRuns({ isFiltered, resetHref }: { isFiltered: boolean; resetHref: string }) {
  if (isFiltered) {
    return (
      <EmptyState title="No run matches these filters" actions={<ButtonLink href={resetHref}>Show all runs</ButtonLink>}>
        Runs are never deleted, so a run that is not here has another job, status, day or scope.
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nothing was loaded yet" actions={<ButtonLink href={paths.upload()}>Load a file</ButtonLink>}>
      A run appears here as soon as a file is loaded or a job asks its source.
    </EmptyState>
  )
}
