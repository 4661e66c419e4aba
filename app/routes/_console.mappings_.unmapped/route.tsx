import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readUnmapped } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { dimensionWords } from '#app/routes/_console/mapping-words.ts'
import { UnmappedTable } from '#app/routes/_console/unmapped-table.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { DIMENSIONS } from '#server/domain/job.ts'

const Search = z.object({ system: z.string().max(64).optional(), dimension: z.enum(DIMENSIONS).optional() })

export const loader = guarded('mappings:read', async ({ url, services: { context }, actor, scope }) => {
  const search = readSearch(url, Search)
  const view = await readUnmapped(context.db, { ...search, scope: actor.entityScope }, context.now())
  return { ...view, search, scope: scopeOf(scope), asOfPublication: scope.newestPublication }
})

export const meta: MetaFunction = () => [{ title: 'Codes that wait · Finance Control Tower' }]

export default function Unmapped() {
  const { rows, systems, search, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const records = rows.reduce((sum, row) => sum + row.records, 0)
  const isFiltered = search.system !== undefined || search.dimension !== undefined
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Mappings', href: paths.mappings(scope) }, { label: 'Codes that wait' }]} />}
        title="Codes that wait for a mapping"
        state={
          rows.length === 0
            ? 'No record waits because its code is not known.'
            : `${counted(rows.length, 'code')}, ${counted(records, 'refusal')} of records because of them. Nothing of them is published.`
        }
      />
      <FilterBar
        action={paths.unmapped()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'system',
            label: 'System',
            value: search.system ?? '',
            options: [{ value: '', label: 'All' }, ...systems.map(({ system, name }) => ({ value: system, label: name }))],
          },
          {
            kind: 'select',
            name: 'dimension',
            label: 'Dimension',
            value: search.dimension ?? '',
            options: [{ value: '', label: 'All' }, ...DIMENSIONS.map((value) => ({ value, label: dimensionWords(value) }))],
          },
        ]}
      />
      <UnmappedTable
        rows={rows}
        scope={scope}
        empty={
          isFiltered ? (
            <EmptyState title="No code matches" actions={<ButtonLink href={paths.unmapped(scope)}>Show all codes</ButtonLink>}>
              Other systems or dimensions may have codes that wait.
            </EmptyState>
          ) : (
            <EmptyState title="Every code is known">A code that no mapping and no member knows appears here.</EmptyState>
          )
        }
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={rows.length} rowsAre="codes" />
        }
      />
    </>
  )
}
