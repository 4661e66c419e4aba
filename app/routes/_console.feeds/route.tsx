import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { FeedsTable } from '#app/routes/_console/feeds-table.tsx'
import { FEED_LOOK } from '#app/routes/_console/schedule-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { FEED_STATES } from '#server/domain/schedule.ts'
import { readFeeds } from '#app/.server/reads.ts'

const Day = z.iso.date('Write a date as 2026-11-21')
const Search = z.object({
  state: z.enum([...FEED_STATES, 'came']).optional(),
  job: z.string().max(64).optional(),
  owner: z.string().max(200).optional(),
  from: Day.optional(),
  to: Day.optional(),
})

export const loader = guarded('jobs:read', async ({ url, services: { context }, actor, scope }) => {
  const search = readSearch(url, Search)
  const filter = { ...search, entity: scope.entity, scope: actor.entityScope }
  const view = await readFeeds(context.db, filter, context.now())
  return { ...view, search, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const meta: MetaFunction = () => [{ title: 'Feeds · Finance Control Tower' }]

export default function Feeds() {
  const { rows, counts, choices, isCut, search, scope, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const { state, ...others } = search
  const all = counts.expected + counts.arrived + counts.late + counts.missing
  return (
    <>
      <PageHeader
        title="Feeds"
        state={
          counts.missing === 0
            ? `Nothing is missing. ${counted(counts.expected, 'feed is', 'feeds are')} still to come.`
            : `${counted(counts.missing, 'feed is', 'feeds are')} missing, ${counts.expected.toLocaleString('en')} still to come.`
        }
      />
      <Tabs
        label="State of the feeds"
        tabs={[
          { href: paths.feeds({ ...scope, ...others }), label: 'All', current: state === undefined, count: all },
          // Of what the close board counts; nobody needs it beside the others.
          ...(state === 'came'
            ? [
                {
                  href: paths.feeds({ ...scope, ...others, state }),
                  label: 'Came',
                  current: true,
                  count: counts.arrived + counts.late,
                },
              ]
            : []),
          ...(['missing', 'expected', 'late', 'arrived'] as const).map((one) => ({
            href: paths.feeds({ ...scope, ...others, state: one }),
            label: FEED_LOOK[one].label,
            current: state === one,
            count: counts[one],
          })),
        ]}
      />
      <FilterBar
        action={paths.feeds()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), state }}
        filters={[
          {
            kind: 'select',
            name: 'job',
            label: 'Job',
            value: search.job ?? '',
            options: [
              { value: '', label: 'All' },
              ...choices.jobs.map(({ name, title }) => ({ value: name, label: `${name} · ${title}` })),
            ],
          },
          {
            kind: 'select',
            name: 'owner',
            label: 'Owner',
            value: search.owner ?? '',
            options: [{ value: '', label: 'All' }, ...choices.owners.map((owner) => ({ value: owner, label: owner }))],
          },
          { kind: 'date', name: 'from', label: 'From', value: search.from ?? '' },
          { kind: 'date', name: 'to', label: 'To', value: search.to ?? '' },
        ]}
      />
      <FeedsTable
        rows={rows}
        scope={scope}
        now={computedAt}
        withJob
        empty={<NoFeeds isFiltered={Object.values({ ...search, entity: scope.entity }).some((value) => value !== undefined)} />}
        footer={
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={rows.length}
            rowsAre={isCut ? 'feeds, the most urgent; narrow the days for others' : 'feeds'}
          />
        }
      />
    </>
  )
}

function NoFeeds({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState title="No feed matches these filters" actions={<ButtonLink href={paths.feeds()}>Show all feeds</ButtonLink>}>
        A feed that is not here has another state, job, owner or day, or its job has never brought figures of this entity.
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nothing is expected" actions={<ButtonLink href={paths.jobs()}>Open the jobs</ButtonLink>}>
      A job that says in its definition by when its data is expected has its feeds here, before and after they come.
    </EmptyState>
  )
}
