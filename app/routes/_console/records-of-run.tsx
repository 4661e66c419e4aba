import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { PeriodLabel } from '#app/components/period-label.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar, type Filter } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import type { Certainty } from '#server/domain/certainty.ts'
import type { ObjectType } from '#server/domain/record.ts'
import { SumsLine } from './sums-line.tsx'
import { counted, OBJECT_WORDS } from './words.ts'

/** A record of a delivery that became no line, with where it stands. */
export type RunRecord = {
  readonly artifactId: number
  readonly position: number
  readonly objectType: ObjectType
  readonly sourceKey: string
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly certainty: Certainty
  readonly currency: string
  readonly debit: string
  readonly credit: string
}

type RecordsOfRunProps<Row extends RunRecord> = {
  readonly run: { readonly runId: number }
  /** 'Rejected records'. */
  readonly what: string
  readonly state: (total: number) => string
  /** The list's own address, without a query. */
  readonly address: string
  readonly filter: Filter
  readonly sums: readonly { readonly currency: string; readonly count: number; readonly debit: string; readonly credit: string }[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** What tells these records from others, between their key and their slice. */
  readonly columns: readonly Column<Row>[]
  readonly empty: { readonly title: string; readonly text: ReactNode }
  readonly newerHref: string | null
  readonly olderHref: string | null
  readonly scope: Scope
  readonly asOfPublication: number
  readonly computedAt: string
}

/** Records of a run that added no line: rejected, or repeated. Each leads to its place in what the source sent. */
export function RecordsOfRun<Row extends RunRecord>(props: RecordsOfRunProps<Row>) {
  const { run, what, sums, rows, scope, computedAt, asOfPublication } = props
  const total = sums.reduce((n, sum) => n + sum.count, 0)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Runs', href: paths.runs(scope) },
              { label: `Run ${run.runId}`, href: paths.run(run.runId, scope) },
              { label: what },
            ]}
          />
        }
        title={`${what} of run ${run.runId}`}
        state={props.state(total)}
      />
      <FilterBar action={props.address} keep={{ ...scope, asOf: scope.asOf?.toString() }} filters={[props.filter]} />
      <SumsLine sums={sums} of="record" />
      <DataTable
        caption={`${what} in the order of the source`}
        rows={rows}
        rowKey={props.rowKey}
        columns={[WHERE, KEY, ...props.columns, ...SLICE, ...AMOUNTS]}
        empty={
          <EmptyState
            title={props.empty.title}
            actions={<ButtonLink href={paths.run(run.runId, scope)}>Back to run {run.runId}</ButtonLink>}
          >
            {props.empty.text}
          </EmptyState>
        }
        footer={
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={rows.length}
            rowsAre={`of ${counted(total, 'record')}`}
          />
        }
        pages={<Pagination newerHref={props.newerHref} olderHref={props.olderHref} newerLabel="First" olderLabel="Next" />}
      />
    </>
  )
}

const WHERE: Column<RunRecord> = {
  key: 'where',
  head: 'Source record',
  fit: true,
  cell: ({ artifactId, position, objectType }) => (
    <Link href={paths.artifact(artifactId, position, objectType)} className="link">
      position {position.toLocaleString('en')}
    </Link>
  ),
}
const KEY: Column<RunRecord> = {
  key: 'key',
  head: 'Key',
  cell: ({ sourceKey, objectType }) =>
    sourceKey ? (
      <span className="mono">{sourceKey}</span>
    ) : (
      <span className="text-ink-3">{OBJECT_WORDS[objectType][0]} without a key</span>
    ),
}
/** One column: three would not fit beside the reasons at 1280. */
const SLICE: readonly Column<RunRecord>[] = [
  {
    key: 'slice',
    head: 'Entity, period, version',
    fit: true,
    cell: ({ entity, period, version, certainty }) => (
      <span className="grid">
        <span>
          {entity} {period && <PeriodLabel period={period} />}
        </span>
        <span className="text-ink-3">
          {version} {period && <CertaintyMark certainty={certainty} />}
        </span>
      </span>
    ),
  },
]
const amount = (key: 'debit' | 'credit', head: string): Column<RunRecord> => ({
  key,
  head,
  align: 'number',
  cell: (row) => row.currency && <Amount value={row[key]} currency={row.currency} alignTo={2} />,
})
const AMOUNTS: readonly Column<RunRecord>[] = [
  amount('debit', 'Debit'),
  amount('credit', 'Credit'),
  { key: 'currency', head: 'Currency', align: 'currency', cell: ({ currency }) => currency },
]
