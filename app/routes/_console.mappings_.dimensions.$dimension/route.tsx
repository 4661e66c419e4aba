import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { Plus } from 'lucide-react'
import { z } from 'zod'
import { readDimensionView } from '#app/.server/dimension-search.ts'
import { readForm } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDimension } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted, OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { MemberCorrection } from '#server/domain/member-correction.ts'
import { CorrectDialog } from './correct-dialog.tsx'
import { MemberDialog } from './member-dialog.tsx'
import { MemberTable } from './member-table.tsx'
import { memberKey, type View } from './screen.ts'

const CorrectForm = z.object({
  ...MemberCorrection.shape,
  isActive: z.enum(['active', 'inactive']).transform((state) => state === 'active'),
  reason: z.string().min(5, 'Say why, in at least 5 characters').max(1000),
  idempotencyKey: z.uuid(),
})

export const loader = guarded('mappings:read', async (given) => {
  const { dimension, search, filter } = readDimensionView(given)
  const { services, actor, scope } = given
  const { context } = services
  const view = await readDimension(context.db, { ...filter, member: search.member }, context.now())
  return {
    ...view,
    dimension,
    search,
    scope: scopeOf(scope),
    isPast: scope.isPast,
    asOfPublication: scope.publication,
    against:
      againstRole(actor, 'correctMember') ?? (scope.isPast ? 'You look at the past. Go back to now to correct a member.' : null),
    key: randomUUID(),
  }
})

export const action = guarded('mappings:read', async (given) => {
  const { services, actor, scope } = given
  const { reason, idempotencyKey, ...correction } = await readForm(given.request, CorrectForm)
  const { runId } = await services.correctMember({ correction, reason, actor, idempotencyKey })
  return redirect(paths.run(runId, scopeOf(scope)))
})

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `${given ? OBJECT_WORDS[given.dimension][1] : 'Dimension'} · Finance Control Tower` },
]

export default function Dimension() {
  const view: View = useLoaderData<typeof loader>()
  const { dimension, rows, hasMore, systems, search, scope, against, computedAt, asOfPublication, selected } = view
  const refusal = useRefusal()
  const { q, system, show } = search
  const filters = { ...scope, q, system, show }
  const last = rows.at(-1)
  const one = OBJECT_WORDS[dimension][0].toLowerCase()
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Mappings', href: paths.mappings(scope) }, { label: OBJECT_WORDS[dimension][1] }]} />
        }
        title={OBJECT_WORDS[dimension][1]}
        state={stateOf(view)}
        actions={
          <>
            <DownloadLink href={paths.dimensionCsv(dimension, filters)}>Export these members as CSV</DownloadLink>
            {against ? (
              <Button kind="primary" icon={Plus} disabledReason={against} reasonAlign="end">
                {`Add a ${one} by hand`}
              </Button>
            ) : (
              <ButtonLink href={paths.dimension(dimension, { ...filters, do: 'correct' })} kind="primary" icon={Plus} keepScroll>
                {`Add a ${one} by hand`}
              </ButtonLink>
            )}
          </>
        }
      />
      <FilterBar
        action={paths.dimension(dimension)}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[
          { kind: 'text', name: 'q', label: 'Code or name', value: q ?? '' },
          {
            kind: 'select',
            name: 'system',
            label: 'Stated by',
            value: system ?? '',
            options: [{ value: '', label: 'Any system' }, ...systems.map((row) => ({ value: row.system, label: row.name }))],
          },
          {
            kind: 'select',
            name: 'show',
            label: 'Show',
            value: show ?? '',
            options: [
              { value: '', label: 'All' },
              { value: 'drift', label: 'Not the same in all systems' },
              { value: 'by-hand', label: 'Corrected by hand' },
              { value: 'inactive', label: 'Inactive somewhere' },
            ],
          },
        ]}
      />
      <MemberTable
        view={view}
        empty={<Nothing view={view} />}
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={rows.length} rowsAre="members" />
        }
        pages={
          <Pagination
            newerLabel="From the start"
            olderLabel="Next"
            newerHref={search.after ? paths.dimension(dimension, filters) : null}
            olderHref={hasMore && last ? paths.dimension(dimension, { ...filters, after: memberKey(last) }) : null}
          />
        }
      />
      {search.do === 'correct' ? (
        <CorrectDialog view={view} refusal={refusal} />
      ) : (
        selected && search.member && <MemberDialog view={view} member={search.member} selected={selected} />
      )}
    </>
  )
}

function stateOf({ systems, rows, hasMore }: View): string {
  const shown = hasMore ? `The first ${counted(rows.length, 'member')}` : counted(rows.length, 'member')
  const carriers = systems.filter(({ system }) => system !== 'tower')
  const [only] = carriers
  if (!only) return `${shown}. No system carries this dimension.`
  if (carriers.length === 1) return `${shown}. ${only.name} carries this dimension.`
  const record = carriers.filter(({ isRecord }) => isRecord)
  const counts =
    record.length > 0
      ? `Where they differ ${record.map(({ name }) => name).join(', ')} counts: the system of record.`
      : 'Where they differ the one that was connected first counts: no job names a system of record.'
  return `${shown}, carried by ${carriers.map(({ name }) => name).join(', ')}. ${counts}`
}

function Nothing({ view: { dimension, search, scope, isPast } }: { view: View }) {
  const isFiltered = Boolean(search.q || search.system || search.show || scope.entity)
  if (isFiltered)
    return (
      <EmptyState title="No member matches" actions={<ButtonLink href={paths.dimension(dimension)}>Show all members</ButtonLink>}>
        {search.show === 'drift' ? 'The systems agree on every member.' : 'Members of other entities or systems may.'}
      </EmptyState>
    )
  return (
    <EmptyState
      title={isPast ? 'No member was published by then' : 'No member is loaded yet'}
      actions={<ButtonLink href={paths.jobs(scope)}>See the jobs</ButtonLink>}
    >
      Members come with a job of this dimension, or are added by hand.
    </EmptyState>
  )
}
