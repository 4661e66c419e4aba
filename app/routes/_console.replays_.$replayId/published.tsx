import { Amount, Count } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { Screen } from './screen.ts'

/** What the rules as they stand make of the last publications: nothing of them is replayed. */
export function Published({ screen: { publications, scope } }: { screen: Screen }) {
  if (publications.length === 0) return null
  return (
    <Section
      title="What is published, by the rules as they stand"
      note="judged again from its stored input; nothing of it is replayed"
    >
      <DataTable
        caption="Last publications, judged by the rules as they stand"
        rows={publications}
        rowKey={({ runId, currency }) => `${runId} ${currency}`}
        href={({ runId }) => paths.run(runId, scope)}
        columns={[
          { key: 'publication', head: 'Publication', fit: true, cell: ({ publication }) => publication },
          { key: 'job', head: 'Job', cell: ({ job }) => <span className="mono">{job}</span> },
          {
            key: 'changed',
            head: 'Records that would say something else',
            align: 'number',
            cell: ({ changed }) => <Count value={changed} />,
          },
          {
            key: 'changedAmount',
            head: 'Amount',
            align: 'number',
            cell: ({ changedAmount, currency }) => currency && <Amount value={changedAmount} currency={currency} alignTo={2} />,
          },
          {
            key: 'failing',
            head: 'Records that would now fail',
            align: 'number',
            cell: ({ failing }) => <Count value={failing} />,
          },
          {
            key: 'failingAmount',
            head: 'Amount',
            align: 'number',
            cell: ({ failingAmount, currency }) => currency && <Amount value={failingAmount} currency={currency} alignTo={2} />,
          },
          { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        ]}
        empty={null}
      />
    </Section>
  )
}
