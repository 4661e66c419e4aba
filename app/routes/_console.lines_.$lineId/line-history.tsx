import { Amount } from '#app/components/amount.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'

type Version = {
  readonly lineId: number
  readonly loadedAtPub: number
  readonly supersededAtPub: number | null
  readonly period: string
  readonly version: string
  readonly account: string
  readonly costCentre: string | null
  readonly debit: string
  readonly credit: string
  readonly currency: string
  readonly artifactId: number
  readonly position: number
}
type Published = {
  readonly publication: number
  readonly publishedAt: string
  readonly runId: number
  readonly job: string
  readonly withdraws: number | null
}
type Props = { history: readonly Version[]; publications: readonly Published[]; lineId: number; scope: Scope }

export function LineHistory({ history, publications, lineId, scope }: Props) {
  const of = (publication: number | null) => publications.find((facts) => facts.publication === publication)
  const digits = Math.max(
    0,
    ...history.flatMap(({ debit, credit }) => [debit, credit]).map((text) => text.split('.')[1]?.length ?? 0),
  )
  return (
    <DataTable
      caption="Versions of this line"
      rows={history}
      rowKey={(row) => `${row.lineId}`}
      selectedKey={`${lineId}`}
      href={(row) => (row.lineId === lineId ? undefined : paths.line(row.lineId, scope))}
      columns={[
        { key: 'from', head: 'Current from', cell: (row) => <At publication={row.loadedAtPub} facts={of(row.loadedAtPub)} /> },
        {
          key: 'to',
          head: 'Until',
          cell: (row) =>
            row.supersededAtPub === null ? (
              'still current'
            ) : (
              <At publication={row.supersededAtPub} facts={of(row.supersededAtPub)} />
            ),
        },
        { key: 'run', head: 'Run', fit: true, cell: (row) => <RunLink facts={of(row.loadedAtPub)} /> },
        { key: 'period', head: 'Period', fit: true, cell: (row) => <PeriodLabel period={row.period} /> },
        { key: 'account', head: 'Account', fit: true, cell: (row) => <span className="mono">{row.account}</span> },
        {
          key: 'costCentre',
          head: 'Cost centre',
          fit: true,
          cell: (row) => row.costCentre && <span className="mono">{row.costCentre}</span>,
        },
        {
          key: 'debit',
          head: 'Debit',
          align: 'number',
          cell: (row) => <Amount value={row.debit} currency={row.currency} alignTo={digits} />,
        },
        {
          key: 'credit',
          head: 'Credit',
          align: 'number',
          cell: (row) => <Amount value={row.credit} currency={row.currency} alignTo={digits} />,
        },
        { key: 'currency', head: 'Currency', align: 'currency', cell: (row) => row.currency },
        {
          key: 'shown',
          head: 'Shown',
          fit: true,
          cell: (row) => (row.lineId === lineId ? 'this one' : <span className="text-ink-3">open</span>),
        },
      ]}
      empty={null}
    />
  )
}

function At({ publication, facts }: { publication: number; facts: Published | undefined }) {
  return (
    <>
      publication {publication}
      {facts && (
        <span className="text-ink-3">
          {' '}
          · <Time at={facts.publishedAt} />
          {facts.withdraws !== null && `, a rollback of publication ${facts.withdraws}`}
        </span>
      )}
    </>
  )
}

function RunLink({ facts }: { facts: Published | undefined }) {
  return facts ? (
    <Link href={paths.run(facts.runId)} className="link">
      {facts.runId}
    </Link>
  ) : (
    <span className="text-ink-3">n/a</span>
  )
}
