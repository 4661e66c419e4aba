import { ReconciliationBadge } from '#app/components/reconciliation-badge.tsx'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { BusinessDate } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

type Props = Pick<Screen, 'reconciliations' | 'notCompared' | 'scope' | 'computedAt'>

/** All that are defined for the period: those that were compared, and those of which no side has figures. */
export function ReconciliationsOfClose({ reconciliations, notCompared, scope, computedAt }: Props) {
  const rows = [
    ...reconciliations.map((row) => ({ ...row, key: `${row.reconciliationId}`, compared: row })),
    ...notCompared.map(({ name, title }) => ({ key: `not ${name}`, title, compared: null })),
  ]
  return (
    <DataTable
      caption="Reconciliations of the period"
      rows={rows}
      rowKey={({ key }) => key}
      columns={[
        {
          key: 'title',
          head: 'Reconciliation',
          wrap: true,
          cell: ({ title, compared }) =>
            compared ? (
              <Link href={paths.reconciliation(compared.reconciliationId, scope)} className="link">
                {title}
              </Link>
            ) : (
              title
            ),
        },
        {
          key: 'stands',
          head: 'Stands',
          fit: true,
          cell: ({ compared }) =>
            compared ? (
              <ReconciliationBadge state={compared.state} isSuperseded={compared.isSuperseded} />
            ) : (
              'Not compared: no side has figures'
            ),
        },
        {
          key: 'by',
          head: 'Signed',
          fit: true,
          cell: ({ compared }) =>
            compared?.certifiedBy ? (
              compared.certifiedBy === 'service:rule' ? (
                'by its rule'
              ) : (
                compared.certifiedBy
              )
            ) : compared?.preparedBy ? (
              `prepared by ${compared.preparedBy}`
            ) : (
              <None>not yet</None>
            ),
        },
        {
          key: 'due',
          head: 'Due',
          fit: true,
          cell: ({ compared }) =>
            compared?.dueOn ? (
              <>
                <BusinessDate on={compared.dueOn} />
                {compared.state !== 'certified' && compared.dueOn < computedAt.slice(0, 10) && ', late'}
              </>
            ) : (
              <None>n/a</None>
            ),
        },
      ]}
      empty={
        <EmptyState title="No reconciliation is defined for it">
          Its figures stay preliminary: nobody can certify what nothing is compared with.
        </EmptyState>
      }
    />
  )
}

const None = ({ children }: { children: string }) => <span className="text-ink-3">{children}</span>
