import type { ReactNode } from 'react'
import type { RateRow } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'

type Props = { rows: readonly RateRow[]; empty: ReactNode; footer?: ReactNode; pages?: ReactNode }

/** A row is one version of a rate and opens where its source says it. */
export function RatesTable({ rows, ...frame }: Props) {
  return (
    <DataTable
      name="rates"
      caption="Rates, the newest day first"
      rows={rows}
      rowKey={({ memberId }) => `${memberId}`}
      columns={[
        { key: 'date', head: 'Day', fit: true, cell: ({ date }) => <span className="mono">{date}</span> },
        {
          key: 'pair',
          head: 'Pair',
          fit: true,
          cell: ({ base, quote }) => (
            <Link href={paths.rates({ pair: `${base}/${quote}`, versions: 'all' })} className="link-quiet mono">
              {base}/{quote}
            </Link>
          ),
        },
        { key: 'kind', head: 'Kind', fit: true, cell: ({ kind }) => kind },
        { key: 'rate', head: 'Rate', align: 'number', cell: ({ rate }) => <span className="mono">{rate}</span> },
        { key: 'source', head: 'Source', cell: ({ source, systemName }) => `${source} · ${systemName}` },
        {
          key: 'publication',
          head: 'Known since publication',
          align: 'number',
          cell: ({ publication, artifactId, position }) => (
            <Link href={paths.artifact(artifactId, position, 'fx_rate')} className="link-quiet">
              {publication}
            </Link>
          ),
        },
        {
          key: 'stands',
          head: 'Stands',
          cell: ({ supersededBy }) =>
            supersededBy === null ? 'stands' : <span className="text-ink-3">until publication {supersededBy}</span>,
        },
      ]}
      {...frame}
    />
  )
}
