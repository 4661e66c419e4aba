import type { ReactNode } from 'react'
import type { WaitingView } from '#app/.server/reads.ts'
import { Amount } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths } from '#app/paths.ts'
import { reasonWords } from '#app/routes/_console/reason-words.ts'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { isLineType } from '#server/domain/record.ts'

type Row = WaitingView['rows'][number]
type Props = { rows: readonly Row[]; footer: ReactNode; pages: ReactNode }

/** Records with every reason why they did not pass, each beside its source. */
export function RecordsTable({ rows, footer, pages }: Props) {
  return (
    <DataTable
      caption="Records that wait, oldest first"
      rows={rows}
      rowKey={({ rejectedId }) => `${rejectedId}`}
      href={({ artifactId, position, objectType }) => paths.artifact(artifactId, position, objectType)}
      columns={[
        {
          key: 'key',
          head: 'Record',
          cell: ({ sourceKey, objectType, position }) => (
            <span className="grid">
              <span className="mono">{sourceKey || `position ${position}`}</span>
              <span className="text-ink-3">{OBJECT_WORDS[objectType][0]}</span>
            </span>
          ),
        },
        {
          key: 'run',
          head: 'Run',
          fit: true,
          cell: ({ runId, job }) => (
            <Link href={paths.runRejected(runId)} className="link-quiet" title={job}>
              {runId}
            </Link>
          ),
        },
        { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
        { key: 'period', head: 'Period', fit: true, cell: (row) => isLineType(row.objectType) && <MarkedPeriod {...row} /> },
        { key: 'account', head: 'Account', fit: true, cell: ({ account }) => <span className="mono">{account}</span> },
        { key: 'reasons', head: 'Why it waits', wrap: true, cell: ({ reasons }) => <Reasons reasons={reasons} /> },
        {
          key: 'debit',
          head: 'Debit',
          align: 'number',
          cell: ({ debit, currency }) => currency && <Amount value={debit} currency={currency} alignTo={2} />,
        },
        {
          key: 'credit',
          head: 'Credit',
          align: 'number',
          cell: ({ credit, currency }) => currency && <Amount value={credit} currency={currency} alignTo={2} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
      ]}
      empty={
        <EmptyState title="No record waits here">
          Every record of these entities and periods passed, or was judged again by a later run.
        </EmptyState>
      }
      footer={footer}
      pages={pages}
    />
  )
}

function Reasons({ reasons }: Pick<Row, 'reasons'>) {
  return (
    <ul className="grid gap-1">
      {reasons.map((reason) => (
        <li key={`${reason.code} ${reason.field} ${reason.value}`}>
          {reasonWords(reason)}{' '}
          {reason.exceptionId !== null && (
            <Link href={paths.exception(reason.exceptionId)} className="link">
              Exception {reason.exceptionId}
            </Link>
          )}
        </li>
      ))}
    </ul>
  )
}
