import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { readReconciliations, readWaitingDefinitions } from '#app/.server/reads.ts'
import { readReconciliationsSearch, SHOWN_STATES } from '#app/.server/reconciliations-search.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RECONCILIATION_LOOK } from '#app/components/reconciliation-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { NewRows } from '#app/routes/_console/new-rows.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { useHeldBack } from '#app/routes/_console/use-held-back.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { ReconciliationsTable } from './reconciliations-table.tsx'
import { StateFigures } from './state-figures.tsx'

export const loader = guarded('reconciliations:read', async (given) => {
  const { search, filter } = readReconciliationsSearch(given)
  const { context } = given.services
  const { name: me } = given.actor
  const view = await readReconciliations(context.db, filter, me, context.now())
  const proposed = await readWaitingDefinitions(context.db)
  return {
    ...view,
    proposed,
    me,
    search,
    states: SHOWN_STATES,
    scope: scopeOf(given.scope),
    asOfPublication: given.scope.publication,
  }
})

export const meta: MetaFunction = () => [{ title: 'Reconciliations · Finance Control Tower' }]

export default function Reconciliations() {
  const { rows, counts, names, proposed, me, supersededOfMe, page, hasMore, search, states, scope, asOfPublication, computedAt } =
    useLoaderData<typeof loader>()
  const { shown, ...news } = useHeldBack(rows, ({ reconciliationId }) => `${reconciliationId}`)
  useLive(true, ['reconciliations'])
  const { page: _, ...filters } = search
  const view = { ...scope, ...filters }
  const all = { value: '', label: 'All' }
  const processes = [...new Set(names.map(({ process }) => process).filter(Boolean))].sort()
  return (
    <>
      <PageHeader
        title="Reconciliations"
        state={stateOf(counts)}
        actions={
          <>
            <StateFigures counts={counts} view={view} />
            {scope.period && shown.length > 0 && (
              <DownloadLink href={paths.periodPack(view)} kind="ghost">
                Evidence pack of {scope.period}
              </DownloadLink>
            )}
          </>
        }
      />
      <FilterBar
        action={paths.reconciliations()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'state',
            label: 'Stands',
            value: search.state ?? '',
            options: [all, ...states.map((value) => ({ value, label: RECONCILIATION_LOOK[value].label }))],
          },
          {
            kind: 'select',
            name: 'name',
            label: 'Reconciliation',
            value: search.name ?? '',
            options: [all, ...names.map(({ name, title }) => ({ value: name, label: title }))],
          },
          {
            kind: 'select',
            name: 'process',
            label: 'Process',
            value: search.process ?? '',
            options: [all, ...processes.map((value) => ({ value, label: value }))],
          },
          {
            kind: 'select',
            name: 'signer',
            label: 'Signed by',
            value: search.signer ?? '',
            options: [
              all,
              ...[...new Set([me, search.signer ?? me])].map((value) => ({ value, label: value === me ? 'Me' : value })),
            ],
          },
        ]}
      />
      {supersededOfMe > 0 && !(search.signer === me && search.state === 'superseded') && (
        <Notice
          kind="attention"
          title={`${counted(supersededOfMe, 'reconciliation')} that you signed moved since`}
          action={<ButtonLink href={paths.reconciliations({ signer: me, state: 'superseded' })}>Show</ButtonLink>}
        >
          What you signed is kept as it was. Look at what moved, and have it prepared again.
        </Notice>
      )}
      {proposed.map(({ proposalId, title, why, proposedBy }) => (
        <Notice
          key={proposalId}
          kind="attention"
          title={`A definition waits for a second person: ${title}`}
          action={<ButtonLink href={paths.definitionProposal(proposalId, scope)}>Show</ButtonLink>}
        >
          {proposedBy} proposes it: {why}.
        </Notice>
      ))}
      <NewRows {...news} />
      <ReconciliationsTable
        rows={shown}
        scope={scope}
        empty={<NoReconciliations isFiltered={Object.values(view).some(Boolean)} isDefined={names.length > 0} scope={scope} />}
        footer={
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={shown.length}
            rowsAre="reconciliations"
          />
        }
        pages={
          <Pagination
            newerHref={page > 1 ? paths.reconciliations({ ...view, page: page - 1 }) : null}
            olderHref={hasMore ? paths.reconciliations({ ...view, page: page + 1 }) : null}
          />
        }
      />
    </>
  )
}

function stateOf({ breaks, ready, prepared, certified }: { breaks: number; ready: number; prepared: number; certified: number }) {
  const all = breaks + ready + prepared + certified
  if (all === 0) return 'Nothing is compared here.'
  const share = Math.floor((certified / all) * 100)
  return `${certified.toLocaleString('en')} of ${all.toLocaleString('en')} certified (${share}%). Figures of periods that are not certified are preliminary.`
}

type EmptyProps = { isFiltered: boolean; isDefined: boolean; scope: Scope }

function NoReconciliations({ isFiltered, isDefined, scope }: EmptyProps) {
  if (!isDefined)
    return (
      <EmptyState title="No reconciliation is defined yet">
        A reconciliation is a definition in YAML: which systems are compared, by what key, how closely, and who signs. Import one
        with the jobs, or from a shell with `npm run tower -- import`.
      </EmptyState>
    )
  return (
    <EmptyState
      title={isFiltered ? 'No reconciliation matches these filters' : 'Nothing was compared yet'}
      actions={isFiltered && <ButtonLink href={paths.reconciliations()}>Show all reconciliations</ButtonLink>}
    >
      {scope.period
        ? `Nothing of period ${scope.period} was compared that stands so.`
        : 'They are compared by themselves once their sides have figures.'}
    </EmptyState>
  )
}
