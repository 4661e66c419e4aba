import { Count } from '#app/components/amount.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Row = {
  readonly job: string
  readonly title: string
  readonly target: string
  readonly open: number
  readonly unknown: number
}
type Props = { system: string; jobs: readonly Row[]; scope: Scope }

/** Jobs whose publications the system is told of. */
export function DeliveredBy({ system, jobs, scope }: Props) {
  return (
    <Section
      title="Jobs that deliver here"
      actions={
        <Link href={paths.deliveries({ ...scope, target: system })} className="link">
          All deliveries to this system
        </Link>
      }
    >
      <DataTable
        caption="Jobs that deliver to this system"
        rows={jobs}
        rowKey={({ job, target }) => `${job} ${target}`}
        href={({ job }) => paths.job(job, scope)}
        columns={[
          {
            key: 'job',
            head: 'Job',
            cell: ({ job, title }) => (
              <span className="grid max-w-[36ch] min-w-[18ch] py-1" title={title}>
                <span className="mono truncate">{job}</span>
                <span className="truncate font-normal text-ink-3">{title}</span>
              </span>
            ),
          },
          { key: 'target', head: 'As its target', cell: ({ target }) => <span className="mono">{target}</span> },
          { key: 'open', head: 'Deliveries not over', align: 'number', cell: ({ open }) => <Count value={open} /> },
          { key: 'unknown', head: 'Documents unknown', align: 'number', cell: ({ unknown }) => <Count value={unknown} /> },
        ]}
        empty={null}
      />
    </Section>
  )
}
