import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { readLinesView } from '#app/.server/lines-search.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Amount } from '#app/components/amount.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { CodeAndName } from '#app/components/code-and-name.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths, type LinesSearch } from '#app/paths.ts'
import { counted, OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar, type Filter } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { BusinessDate } from '#app/ui/time.tsx'
import { LINE_TYPES } from '#server/domain/record.ts'
import { readLines } from '#app/.server/reads.ts'
import { AddsUp } from './adds-up.tsx'

export const loader = guarded('lines:read', async (given) => {
  const { search, filter } = readLinesView(given)
  const { context } = given.services
  const { publication } = given.scope
  const { check, after, before } = search
  const lines = await readLines(context.db, { filter, publication, after, before, addUp: check === 'rows' }, context.now())
  return { ...lines, search, scope: scopeOf(given.scope), publication }
})

export const meta: MetaFunction = () => [{ title: 'Lines · Finance Control Tower' }]

export default function Lines() {
  const {
    rows,
    totals,
    count,
    certainty,
    isAddedUp,
    hasEarlier,
    hasLater,
    exportRefusal,
    search,
    scope,
    publication,
    computedAt,
  } = useLoaderData<typeof loader>()
  const { after: _, before: __, check, ...filters } = search
  const view: LinesSearch = { ...scope, ...filters, check }
  const { currency, objectType, system } = filters
  const [first, last] = [rows[0], rows.at(-1)]
  const digits = Math.max(0, ...rows.map(({ debit, credit }) => Math.max(fractionOf(debit), fractionOf(credit))))
  const isBroken = totals.some(({ ties }) => ties === false)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Control totals', href: paths.totals({ ...scope, currency, objectType, system }) },
              { label: 'Lines' },
            ]}
          />
        }
        title="Lines"
        badge={<CertaintyMark certainty={certainty} />}
        state={
          count === 0
            ? 'No line has these filters.'
            : `${counted(count, 'line')} ${whereWords(view, publication)}${isBroken ? '. The rows do not add up to the published total.' : '.'}`
        }
        actions={
          exportRefusal && (
            <Button disabledReason={exportRefusal} reasonAlign="end">
              Export these lines
            </Button>
          )
        }
      />
      <FilterBar action={paths.lines()} keep={{ ...scope, asOf: scope.asOf?.toString() }} filters={filtersOf(filters)} />
      {totals.length > 0 && (
        <AddsUp
          totals={totals}
          isAddedUp={isAddedUp}
          addUpHref={paths.lines({ ...view, check: 'rows' })}
          publication={publication}
        />
      )}
      <DataTable
        name="lines"
        caption="Lines in the order they were loaded"
        scroll="own"
        className="[&>.table-scroll]:relative"
        rows={rows}
        rowKey={({ lineId }) => `${lineId}`}
        href={({ lineId }) => paths.line(lineId, scope)}
        columns={[
          { key: 'key', head: 'Source key', cell: ({ sourceKey }) => <span className="mono">{sourceKey}</span> },
          // What the scope says of all of them needs no column.
          ...(scope.entity
            ? []
            : [
                {
                  key: 'entity',
                  head: 'Entity',
                  fit: true,
                  cell: ({ entity, entityName }: Row) => (
                    <span className="mono" title={entityName ?? undefined}>
                      {entity}
                    </span>
                  ),
                },
              ]),
          ...(scope.period ? [] : [{ key: 'period', head: 'Period', fit: true, cell: (row: Row) => <MarkedPeriod {...row} /> }]),
          ...(scope.version
            ? []
            : [
                {
                  key: 'version',
                  head: 'Version',
                  fit: true,
                  cell: ({ version, objectType: type }: Row) => <span title={OBJECT_WORDS[type][0]}>{version}</span>,
                },
              ]),
          {
            key: 'posted',
            head: 'Posted',
            fit: true,
            cell: ({ postedOn }) => (postedOn ? <BusinessDate on={postedOn} /> : <span className="text-ink-3">n/a</span>),
          },
          {
            key: 'account',
            head: 'Account',
            cell: ({ account, accountName }) => (
              <span
                className="block max-w-[19ch] overflow-hidden [&>.code-name]:max-w-full min-[1500px]:max-w-[30ch]"
                title={accountName ?? undefined}
              >
                <CodeAndName code={account} name={accountName} />
              </span>
            ),
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
            key: 'costCentre',
            head: 'Cost centre',
            fit: true,
            cell: ({ costCentre }) => costCentre && <span className="mono">{costCentre}</span>,
          },
          {
            key: 'description',
            head: 'Description',
            cell: ({ description }) => (
              <span className="block max-w-[10ch] truncate text-ink-2 min-[1500px]:max-w-[36ch]" title={description ?? undefined}>
                {description}
              </span>
            ),
          },
        ]}
        empty={
          <EmptyState
            title="No line has these filters"
            actions={<ButtonLink href={paths.totals(scope)}>See control totals</ButtonLink>}
          >
            {publication === 0
              ? 'Nothing was published yet at this point.'
              : `As of publication ${publication} nothing with these filters is current. It may have been published later, or superseded.`}
          </EmptyState>
        }
        footer={
          <FigureFooter
            asOfPublication={publication || null}
            computedAt={computedAt}
            rows={rows.length}
            rowsAre={`of ${counted(count, 'line')}`}
          />
        }
        pages={
          <Pagination
            newerHref={hasEarlier && first ? paths.lines({ ...view, before: `${first.lineId}` }) : null}
            olderHref={hasLater && last ? paths.lines({ ...view, after: `${last.lineId}` }) : null}
            newerLabel="Earlier"
            olderLabel="Later"
          />
        }
      />
    </>
  )
}

type Row = ReturnType<typeof useLoaderData<typeof loader>>['rows'][number]

const fractionOf = (amount: string) => (amount.includes('.') ? amount.length - amount.indexOf('.') - 1 : 0)

function whereWords({ entity, period, version, publication: broughtBy }: LinesSearch, publication: number): string {
  const of = [entity, period, version].filter(Boolean).join(', ')
  const as = `as of publication ${publication}`
  return `${of ? `of ${of} ` : ''}${broughtBy === undefined ? as : `that publication ${broughtBy} brought and that are current ${as}`}`
}

type Chosen = {
  account?: string
  costCentre?: string
  document?: string
  currency?: string
  objectType?: string
  system?: string
  publication?: number
}

function filtersOf({
  account = '',
  costCentre = '',
  document = '',
  currency = '',
  objectType = '',
  system = '',
  publication,
}: Chosen): Filter[] {
  return [
    { kind: 'text', name: 'account', label: 'Account', value: account, placeholder: 'code' },
    { kind: 'text', name: 'costCentre', label: 'Cost centre', value: costCentre, placeholder: 'code' },
    { kind: 'text', name: 'document', label: 'Document', value: document, placeholder: 'number' },
    { kind: 'text', name: 'currency', label: 'Currency', value: currency, placeholder: 'code' },
    {
      kind: 'select',
      name: 'objectType',
      label: 'Kind',
      value: objectType,
      options: [{ value: '', label: 'All' }, ...LINE_TYPES.map((value) => ({ value, label: OBJECT_WORDS[value][1] }))],
    },
    { kind: 'text', name: 'system', label: 'System', value: system, placeholder: 'code' },
    {
      kind: 'text',
      name: 'publication',
      label: 'Loaded by publication',
      value: publication === undefined ? '' : `${publication}`,
      placeholder: 'number',
    },
  ]
}
