import { Amount } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { reasonWords } from '#app/routes/_console/reason-words.ts'
import { SumsLine } from '#app/routes/_console/sums-line.tsx'
import { OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import { isLineType, type ObjectType } from '#server/domain/record.ts'

type Waiting = {
  readonly rejectedId: number
  readonly runId: number
  readonly objectType: ObjectType
  readonly artifactId: number
  readonly position: number
  readonly sourceKey: string
  readonly document: string | null
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly certainty: Certainty
  readonly currency: string
  readonly account: string
  readonly debit: string
  readonly credit: string
  readonly reasons: readonly { readonly code: string; readonly field: string; readonly value: string; readonly detail: string }[]
}
type Props = {
  waiting: {
    readonly rows: readonly Waiting[]
    readonly sums: readonly {
      readonly currency: string
      readonly count: number
      readonly debit: string
      readonly credit: string
    }[]
    readonly next: number | null
  }
  exceptionId: number
  isClosed: boolean
  isNarrowed: boolean
  after: number | null
  scope: Scope
}

/** The records behind a cause, each leading to where it stands in its source. */
export function WaitingRecords({ waiting: { rows, sums, next }, exceptionId, isClosed, isNarrowed, after, scope }: Props) {
  return (
    <Section
      title={isClosed ? 'Records that waited' : 'Records that wait'}
      note={isNarrowed ? 'Of the entity, period and version chosen above' : undefined}
    >
      <SumsLine sums={sums} of="record" />
      <DataTable
        caption="Records behind this exception"
        rows={rows}
        rowKey={({ rejectedId }) => `${rejectedId}`}
        href={({ artifactId, position, objectType }) => paths.artifact(artifactId, position, objectType)}
        columns={[
          {
            key: 'key',
            head: 'Key',
            cell: ({ sourceKey, objectType }) =>
              sourceKey ? <span className="mono">{sourceKey}</span> : `${OBJECT_WORDS[objectType][0]} without a key`,
          },
          { key: 'where', head: 'Position', align: 'number', cell: ({ position }) => position.toLocaleString('en') },
          {
            key: 'run',
            head: 'Run',
            fit: true,
            cell: ({ runId }) => (
              <Link href={paths.run(runId, scope)} className="link">
                {runId}
              </Link>
            ),
          },
          { key: 'entity', head: 'Entity', fit: true, cell: ({ entity }) => <span className="mono">{entity}</span> },
          { key: 'period', head: 'Period', fit: true, cell: (row) => row.period && <MarkedPeriod {...row} /> },
          { key: 'account', head: 'Account', fit: true, cell: ({ account }) => <span className="mono">{account}</span> },
          {
            key: 'reasons',
            head: 'Every reason',
            wrap: true,
            cell: ({ rejectedId, objectType, reasons }) => (
              <>
                {reasons.map((reason) => reasonWords(reason)).join('; ')}{' '}
                {!isClosed && isLineType(objectType) && (
                  <Link href={paths.correctionNew({ ...scope, record: rejectedId })} className="link">
                    Correct this record
                  </Link>
                )}
              </>
            ),
          },
          {
            key: 'debit',
            head: 'Debit',
            align: 'number',
            cell: ({ debit, currency, account }) => account && <Amount value={debit} currency={currency} alignTo={2} />,
          },
          {
            key: 'credit',
            head: 'Credit',
            align: 'number',
            cell: ({ credit, currency, account }) => account && <Amount value={credit} currency={currency} alignTo={2} />,
          },
          { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
        ]}
        empty={
          <EmptyState title="No record waits here">
            {isNarrowed
              ? 'None of the entity, period and version chosen above waits behind this cause.'
              : 'A later run judged each of them again.'}
          </EmptyState>
        }
        pages={
          (after !== null || next !== null) && (
            <Pagination
              newerHref={after === null ? null : paths.exception(exceptionId, scope)}
              olderHref={next === null ? null : paths.exception(exceptionId, { ...scope, after: `${next}` })}
              newerLabel="First"
              olderLabel="Next"
            />
          )
        }
      />
    </Section>
  )
}
