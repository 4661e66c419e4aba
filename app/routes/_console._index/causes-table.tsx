import { Count } from '#app/components/amount.tsx'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Age } from '#app/ui/time.tsx'
import type { TowerView } from '#app/.server/reads.ts'
import { Nothing } from './nothing.tsx'

type Props = { rows: TowerView['causes']; scope: Scope; now: string; empty: string }

/** The newest open causes that this role acts on. */
export function CausesTable({ rows, scope, now, empty }: Props) {
  if (rows.length === 0) return <Nothing>{empty}</Nothing>
  return (
    <DataTable
      caption="Open causes, newest first"
      rows={rows}
      rowKey={({ exceptionId }) => `${exceptionId}`}
      href={({ exceptionId }) => paths.exception(exceptionId, scope)}
      columns={[
        { key: 'title', head: 'Cause', wrap: true, cell: ({ title }) => exceptionTitle(title) },
        {
          key: 'class',
          head: 'Class',
          fit: true,
          cell: ({ failureClass }) => <FailureClassBadge failureClass={failureClass} />,
        },
        { key: 'records', head: 'Times', align: 'number', cell: ({ occurrences }) => <Count value={occurrences} /> },
        {
          key: 'amount',
          head: 'At stake',
          align: 'number',
          cell: ({ amounts, isRedacted, failureClass, subject }) => (
            <AtStake
              amounts={amounts}
              isRedacted={isRedacted}
              control={failureClass === 'control' ? { measure: subject.measure } : null}
            />
          ),
        },
        { key: 'age', head: 'Open since', fit: true, cell: ({ openedAt }) => <Age from={openedAt} now={now} /> },
        {
          key: 'owner',
          head: 'Owner',
          fit: true,
          cell: ({ owner, job }) => (
            <span className="grid">
              {owner}
              <span className="mono text-ink-3">{job}</span>
            </span>
          ),
        },
      ]}
      empty={null}
    />
  )
}
