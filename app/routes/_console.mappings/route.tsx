import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readMappings } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Count } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { UnmappedTable } from '#app/routes/_console/unmapped-table.tsx'
import { OBJECT_WORDS, counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { MEMBER_TYPES } from '#server/domain/member-correction.ts'

const Search = z.object({
  system: z.string().max(64).optional(),
  dimension: z.string().max(64).optional(),
  code: z.string().max(200).optional(),
})
const UNMAPPED_SHOWN = 10

export const loader = guarded('mappings:read', async ({ url, services: { context }, actor, scope }) => {
  const { system, dimension, code } = readSearch(url, Search)
  // From elsewhere in the house one comes with what one has in hand, and is led to where it is mapped or kept.
  if (system) throw redirect(paths.mapping(system, { ...scopeOf(scope), dimension, code, ...(code && { do: 'propose' }) }))
  if (dimension && (MEMBER_TYPES as readonly string[]).includes(dimension))
    throw redirect(paths.dimension(dimension, { ...scopeOf(scope), q: code }))
  const view = await readMappings(context.db, actor.entityScope, context.now())
  return {
    ...view,
    unmapped: view.unmapped.slice(0, UNMAPPED_SHOWN),
    unmappedCount: view.unmapped.length,
    scope: scopeOf(scope),
    asOfPublication: scope.newestPublication,
  }
})

export const meta: MetaFunction = () => [{ title: 'Mappings · Finance Control Tower' }]

export default function Mappings() {
  const { systems, unmapped, unmappedCount, scope, computedAt, asOfPublication, dimensions } = useLoaderData<typeof loader>()
  return (
    <>
      <PageHeader
        title="Dimensions and mappings"
        state={useStateWords()}
        actions={<ButtonLink href={paths.rates(scope)}>Exchange rates</ButtonLink>}
      />
      {unmappedCount > 0 && (
        <Section
          title="Codes that wait for a mapping"
          actions={
            unmappedCount > unmapped.length && (
              <Link href={paths.unmapped(scope)} className="link">
                All {counted(unmappedCount, 'code')}
              </Link>
            )
          }
        >
          <UnmappedTable rows={unmapped} scope={scope} empty={null} />
        </Section>
      )}
      <Section title="Dimensions" note="What codes may be used, and what each system says of them.">
        <DimensionsTable />
      </Section>
      <Section title="Mappings of systems" note="Source code to canonical code, by the business date of a line.">
        <DataTable
          caption="Systems that bring lines, with their mapping"
          rows={systems}
          rowKey={({ system }) => system}
          href={({ system }) => paths.mapping(system, scope)}
          columns={[
            {
              key: 'system',
              head: 'System',
              cell: ({ system, name }) => (
                <>
                  {name} <span className="mono text-ink-3">{system}</span>
                </>
              ),
            },
            {
              key: 'version',
              head: 'Version',
              align: 'number',
              cell: ({ version }) => (version === 0 ? <span className="text-ink-3">none yet</span> : version),
            },
            { key: 'entries', head: 'Entries in force', align: 'number', cell: ({ entries }) => <Count value={entries} /> },
            { key: 'drafts', head: 'Wait for approval', align: 'number', cell: ({ drafts }) => <Count value={drafts} /> },
            {
              key: 'unmapped',
              head: 'Codes that wait',
              align: 'number',
              cell: ({ system, unmapped: codes }) =>
                codes === 0 ? (
                  <Count value={0} />
                ) : (
                  <Link href={paths.unmapped({ ...scope, system })} className="link">
                    <Count value={codes} />
                  </Link>
                ),
            },
            {
              key: 'changed',
              head: 'Last changed',
              wrap: true,
              cell: ({ changedAt, changedBy }) =>
                changedAt ? (
                  <>
                    <Time at={changedAt} /> by {changedBy}
                  </>
                ) : (
                  <span className="text-ink-3">never</span>
                ),
            },
          ]}
          empty={<EmptyState title="No system brings lines yet">A system appears here with its first job.</EmptyState>}
        />
      </Section>
      <FigureFooter
        asOfPublication={asOfPublication || null}
        computedAt={computedAt}
        rows={dimensions.length}
        rowsAre="dimensions"
      />
    </>
  )
}

function DimensionsTable() {
  const { dimensions, scope } = useLoaderData<typeof loader>()
  return (
    <DataTable
      caption="Dimensions, with their members and the systems that carry them"
      rows={dimensions}
      rowKey={({ dimension }) => dimension}
      href={({ dimension }) => paths.dimension(dimension, scope)}
      columns={[
        { key: 'dimension', head: 'Dimension', cell: ({ dimension }) => OBJECT_WORDS[dimension][1] },
        { key: 'members', head: 'Members', align: 'number', cell: ({ members }) => <Count value={members} /> },
        {
          key: 'systems',
          head: 'Carried by',
          wrap: true,
          cell: ({ systems }) =>
            systems.length === 0 ? (
              <span className="text-ink-3">no system</span>
            ) : (
              systems.map(({ systemName, members }) => `${systemName} (${members.toLocaleString('en')})`).join(', ')
            ),
        },
        {
          key: 'byHand',
          head: 'Corrected by hand',
          align: 'number',
          cell: ({ dimension, byHand }) => (
            <CountLink count={byHand} href={paths.dimension(dimension, { ...scope, show: 'by-hand' })} />
          ),
        },
        {
          key: 'drift',
          head: 'Differ between systems',
          align: 'number',
          cell: ({ dimension, drift }) => (
            <CountLink count={drift} href={paths.dimension(dimension, { ...scope, show: 'drift' })} />
          ),
        },
      ]}
      empty={null}
    />
  )
}

const CountLink = ({ count, href }: { count: number; href: string }) =>
  count === 0 ? (
    <Count value={0} />
  ) : (
    <Link href={href} className="link">
      <Count value={count} />
    </Link>
  )

function useStateWords(): string {
  const { dimensions, systems, unmappedCount } = useLoaderData<typeof loader>()
  const drift = dimensions.reduce((sum, row) => sum + row.drift, 0)
  const drafts = systems.reduce((sum, row) => sum + row.drafts, 0)
  const parts = [
    unmappedCount > 0 && `${counted(unmappedCount, 'code')} ${unmappedCount === 1 ? 'waits' : 'wait'} for a mapping`,
    drafts > 0 && `${counted(drafts, 'proposal')} ${drafts === 1 ? 'waits' : 'wait'} for approval`,
    drift > 0 && `${counted(drift, 'member')} ${drift === 1 ? 'is' : 'are'} not the same in all systems`,
  ].filter(Boolean)
  return parts.length > 0 ? `${parts.join('; ')}.` : 'Every code is known, nothing waits for approval, and the systems agree.'
}
