import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { readCorrectionsSearch, STANDINGS } from '#app/.server/corrections-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readCorrections } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { CORRECTION_LOOK } from '#app/components/correction-badge.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { fieldCapital } from '#app/routes/_console/correction-words.ts'
import { CorrectionsTable } from '#app/routes/_console/corrections-table.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { LINE_FIELDS } from '#server/domain/job.ts'

export const loader = guarded('exceptions:read', async (given) => {
  const { search, filter } = readCorrectionsSearch(given)
  const { context } = given.services
  const view = await readCorrections(context.db, filter, context.now())
  return { ...view, search, standings: STANDINGS, scope: scopeOf(given.scope), asOfPublication: given.scope.publication }
})

export const meta: MetaFunction = () => [{ title: 'Corrections · Finance Control Tower' }]

export default function Corrections() {
  const { rows, jobs, hasNewer, hasOlder, search, standings, scope, asOfPublication, computedAt } = useLoaderData<typeof loader>()
  const { before: _, after: __, exception, run, ...filters } = search
  const view = { ...scope, ...filters, ...(exception && { exception: `${exception}` }), ...(run && { run: `${run}` }) }
  const [first, last] = [rows[0], rows.at(-1)]
  const all = { value: '', label: 'All' }
  const isFiltered = Object.values(view).some((value) => value !== undefined)
  const waiting = rows.filter(({ standing }) => standing === 'proposed').length
  return (
    <>
      <PageHeader
        title="Corrections"
        state={
          rows.length === 0
            ? 'No correction matches.'
            : `${counted(rows.length, 'correction')} on this page${waiting > 0 ? `, ${waiting} waiting for a second person` : ''}. Each says what a field of one record is read as; the file stays as it came.`
        }
      />
      <FilterBar
        action={paths.corrections()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), exception: exception?.toString(), run: run?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'standing',
            label: 'Stands',
            value: search.standing ?? '',
            options: [all, ...standings.map((value) => ({ value, label: CORRECTION_LOOK[value].label }))],
          },
          {
            kind: 'select',
            name: 'field',
            label: 'Field',
            value: search.field ?? '',
            options: [all, ...LINE_FIELDS.map((value) => ({ value, label: fieldCapital(value) }))],
          },
          {
            kind: 'select',
            name: 'job',
            label: 'Job',
            value: search.job ?? '',
            options: [all, ...jobs.map(({ name }) => ({ value: name, label: name }))],
          },
          { kind: 'text', name: 'by', label: 'Proposed by', value: search.by ?? '', placeholder: 'fiona' },
        ]}
      />
      <CorrectionsTable
        name="corrections"
        caption="Corrections, newest first"
        rows={rows}
        scope={scope}
        empty={<NoCorrections isFiltered={isFiltered} />}
        footer={
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={rows.length}
            rowsAre="corrections"
          />
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.corrections({ ...view, after: `${first.correctionId}` }) : null}
            olderHref={hasOlder && last ? paths.corrections({ ...view, before: `${last.correctionId}` }) : null}
          />
        }
      />
    </>
  )
}

function NoCorrections({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <EmptyState
        title="No correction matches these filters"
        actions={<ButtonLink href={paths.corrections()}>Show all corrections</ButtonLink>}
      >
        Corrections are never deleted, so one that is not here stands otherwise, or is of another field, job, person or entity.
      </EmptyState>
    )
  return (
    <EmptyState
      title="No record was corrected yet"
      actions={<ButtonLink href={paths.exceptions()}>Show the exceptions</ButtonLink>}
    >
      Open a rejected record of an exception and correct it there, where its job declares fields that may be.
    </EmptyState>
  )
}
