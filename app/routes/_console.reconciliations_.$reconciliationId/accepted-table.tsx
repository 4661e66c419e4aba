import { Amount, Count } from '#app/components/amount.tsx'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import type { Screen } from './screen.ts'

/** What rules let pass one by one, in all, beside what the definition allows. */
export function AcceptedTable({ rows }: { rows: Screen['budget'] }) {
  return (
    <DataTable
      caption="Accepted without a person"
      rows={rows}
      rowKey={({ rule, currency }) => `${rule} ${currency}`}
      columns={[
        { key: 'rule', head: 'Rule', cell: ({ rule }) => rule },
        { key: 'over', head: 'Above zero', align: 'number', cell: ({ over }) => <Count value={over} /> },
        { key: 'under', head: 'Below zero', align: 'number', cell: ({ under }) => <Count value={under} /> },
        {
          key: 'signed',
          head: 'Net',
          align: 'number',
          cell: ({ signed, currency }) => <Amount value={signed} currency={currency} />,
        },
        {
          key: 'absolute',
          head: 'Whatever the sign',
          align: 'number',
          cell: ({ absolute, currency }) => <Amount value={absolute} currency={currency} />,
        },
        { key: 'cap', head: 'Budget', align: 'number', cell: ({ cap, currency }) => <Amount value={cap} currency={currency} /> },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        { key: 'verdict', head: 'Verdict', fit: true, cell: (row) => <Verdict {...row} /> },
      ]}
      empty={null}
    />
  )
}

function Verdict({ isOverCap, bias }: Screen['budget'][number]) {
  return (
    <>
      <Badge tone={isOverCap ? 'broken' : 'fine'}>{isOverCap ? 'Over budget' : 'Within budget'}</Badge>
      {bias && (
        <Badge
          tone="attention"
          title="By chance alone so uneven a split comes up less than once in a thousand: look for what leans."
        >
          Leans {bias === 'over' ? 'above' : 'below'} zero
        </Badge>
      )}
    </>
  )
}
