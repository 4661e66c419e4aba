import type { TowerView } from '#app/.server/reads.ts'
import { paths, type Scope } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'

type Publication = TowerView['publications'][number]

/** What became current last, and what it changed. */
export function PublicationsTable({ rows, scope }: { rows: readonly Publication[]; scope: Scope }) {
  const { entity, period, version } = scope
  return (
    <Section title="Newest publications" note="What became current last">
      <DataTable
        caption="Newest publications"
        rows={rows}
        rowKey={(row) => `${row.publication}`}
        href={(row) => paths.run(row.runId, scope)}
        columns={[
          { key: 'publication', head: 'Publication', fit: true, cell: (row) => row.publication },
          { key: 'at', head: 'Published', fit: true, cell: (row) => <Time at={row.publishedAt} /> },
          {
            key: 'job',
            head: 'Job',
            wrap: true,
            cell: ({ job, title }) => (
              <span className="grid">
                <span className="truncate">{title}</span>
                <span className="mono text-ink-3">{job}</span>
              </span>
            ),
          },
          {
            key: 'sentence',
            head: 'What it brought',
            wrap: true,
            cell: ({ sentence, withdrawnBy }) => (
              <span className="text-ink-2">
                {sentence}
                {withdrawnBy !== null && ` Withdrawn by publication ${withdrawnBy}.`}
              </span>
            ),
          },
          {
            key: 'changes',
            head: 'What changed',
            fit: true,
            cell: ({ publication }) => (
              <Link
                href={paths.totals({ entity, period, version, view: 'changes', since: publication - 1, asOf: publication })}
                className="link"
              >
                Totals before and after
              </Link>
            ),
          },
        ]}
        empty={
          <EmptyState title="Nothing is published yet" actions={<ButtonLink href={paths.upload()}>Load a file</ButtonLink>}>
            The first load that passes its controls appears here.
          </EmptyState>
        }
      />
    </Section>
  )
}
