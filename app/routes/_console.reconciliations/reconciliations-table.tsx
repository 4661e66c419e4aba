import type { ReactNode } from 'react'
import type { ReconciliationRow, ShownReconciliation } from '#app/.server/reads.ts'
import { Amount, Count } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { ReconciliationBadge } from '#app/components/reconciliation-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Time } from '#app/ui/time.tsx'

type Props = {
  rows: readonly ShownReconciliation[]
  scope: Scope
  empty: ReactNode
  footer: ReactNode
  pages: ReactNode
}

export function ReconciliationsTable({ rows, scope, empty, footer, pages }: Props) {
  return (
    <DataTable
      name="reconciliations"
      caption="Reconciliations, newest period first, what breaks before what ties"
      rows={rows}
      rowKey={({ reconciliationId }) => `${reconciliationId}`}
      href={({ reconciliationId }) => paths.reconciliation(reconciliationId, scope)}
      columns={[
        { key: 'title', head: 'Reconciliation', wrap: true, cell: ({ title }) => title },
        { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => entity },
        {
          key: 'period',
          head: 'Period',
          fit: true,
          cell: ({ period, certainty }) => (
            <span className="grid">
              {period}
              <CertaintyMark certainty={certainty} />
            </span>
          ),
        },
        {
          key: 'stands',
          head: 'Stands',
          fit: true,
          cell: ({ state, isSuperseded, isEvidenceMissing }) => (
            <span className="inline-flex flex-wrap gap-1">
              <ReconciliationBadge state={state} isSuperseded={isSuperseded} />
              {isEvidenceMissing && <ReconciliationBadge state="evidence_missing" />}
            </span>
          ),
        },
        {
          key: 'difference',
          head: 'Difference',
          align: 'number',
          cell: ({ differences }) => (
            <Lines of={differences} of0={<span className="text-ink-3">ties</span>}>
              {({ difference, currency }) => <Amount value={difference} currency={currency} />}
            </Lines>
          ),
        },
        {
          key: 'unexplained',
          head: 'Unexplained',
          align: 'number',
          cell: ({ differences }) => (
            <Lines of={differences}>{({ unexplained, currency }) => <Amount value={unexplained} currency={currency} />}</Lines>
          ),
        },
        {
          key: 'currency',
          head: 'Currency',
          align: 'currency',
          cell: ({ differences }) => <Lines of={differences}>{({ currency }) => currency}</Lines>,
        },
        {
          key: 'breaks',
          head: 'Breaks',
          align: 'number',
          fit: true,
          cell: ({ differences }) => <Count value={differences.reduce((sum, { breaks }) => sum + breaks, 0)} />,
        },
        {
          key: 'due',
          head: 'Due',
          fit: true,
          cell: ({ dueOn }) => dueOn ?? <span className="text-ink-3">n/a</span>,
        },
        { key: 'signed', head: 'Signed', cell: (row) => <Signed row={row} /> },
      ]}
      empty={empty}
      footer={footer}
      pages={pages}
    />
  )
}

type LinesProps<T> = { of: readonly T[]; of0?: ReactNode; children: (one: T) => ReactNode }

/** One line a side and currency: currencies are never added together. */
function Lines<T extends { side: number; currency: string }>({ of, of0 = null, children }: LinesProps<T>) {
  if (of.length === 0) return of0
  return (
    <span className="grid">
      {of.map((one) => (
        <span key={`${one.side} ${one.currency}`}>{children(one)}</span>
      ))}
    </span>
  )
}

function Signed({ row: { preparedBy, certifiedBy, certifiedAt } }: { row: ReconciliationRow }) {
  if (!preparedBy && !certifiedBy) return <span className="text-ink-3">not yet</span>
  return (
    <span className="grid">
      {certifiedBy && <span>{certifiedBy === 'service:rule' ? 'by its rule' : certifiedBy}</span>}
      {certifiedAt && (
        <span className="text-ink-2">
          <Time at={certifiedAt} />
        </span>
      )}
      {!certifiedBy && <span className="text-ink-2">prepared by {preparedBy}</span>}
    </span>
  )
}
