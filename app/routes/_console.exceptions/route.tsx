import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { Count } from '#app/components/amount.tsx'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths, type ExceptionsSearch } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { reasonTitle } from '#app/routes/_console/reason-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Kbd } from '#app/ui/kbd.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Age, Time } from '#app/ui/time.tsx'
import { readExceptions } from '#app/.server/reads.ts'
import { AGE_NAMES } from '#server/domain/age.ts'

const GROUPS = ['business', 'technical', 'control', 'unclassified'] as const
type Group = (typeof GROUPS)[number]
const Search = z.object({
  class: z.enum(GROUPS).optional(),
  state: z.enum(['open', 'closed', 'all']).optional(),
  code: z.string().max(64).optional(),
  job: z.string().max(64).optional(),
  run: Id.optional(),
  currency: z.string().max(8).optional(),
  age: z.enum(AGE_NAMES).optional(),
  closedFrom: z.iso.date().optional(),
  closedTo: z.iso.date().optional(),
  before: Id.optional(),
  after: Id.optional(),
})

export const loader = guarded('exceptions:read', async ({ url, services: { context }, actor, scope }) => {
  const search = readSearch(url, Search)
  const { entity, period, version } = scope
  const { state = 'open', code, job, run, currency, age, closedFrom, closedTo, before, after } = search
  // IT begins with what IT acts on.
  const group = search.class ?? (actor.role === 'it' ? 'technical' : 'business')
  const request = {
    group,
    state,
    code,
    job,
    runId: run,
    currency,
    age: age && { bucket: age, today: context.now().toISOString().slice(0, 10) },
    closedFrom,
    closedTo,
    before,
    after,
    entity,
    period,
    version,
    scope: actor.entityScope,
  }
  const view = await readExceptions(context.db, request, context.now())
  return { ...view, group, state, search, scope: scopeOf(scope), publication: scope.publication, isPast: scope.isPast }
})

export const meta: MetaFunction = () => [{ title: 'Exceptions · Finance Control Tower' }]

export default function Exceptions() {
  const { rows, counts, choices, hasNewer, hasOlder, group, state, search, scope, publication, isPast, computedAt } =
    useLoaderData<typeof loader>()
  const { code, job, run, currency, age, closedFrom, closedTo } = search
  const kept: ExceptionsSearch = {
    ...scope,
    code,
    job,
    run: run?.toString(),
    currency,
    age,
    closedFrom,
    closedTo,
    state: state === 'open' ? undefined : state,
  }
  const narrowed = [currency, run && `run ${run}`, age && `${age} business days old`, closedWords(closedFrom, closedTo)].filter(
    Boolean,
  )
  const view: ExceptionsSearch = { ...kept, class: group }
  const [first, last] = [rows[0], rows.at(-1)]
  return (
    <>
      <PageHeader
        title="Exceptions"
        state={stateOf(counts, state)}
        actions={
          <p className="meta self-center">
            <Kbd>j</Kbd> <Kbd>k</Kbd> move, <Kbd>Enter</Kbd> opens
          </p>
        }
      />
      {isPast && (
        <Notice kind="info" title="Exceptions are shown as they stand now">
          They are opened and closed by runs, not by publications, so the as-of above does not move them.
        </Notice>
      )}
      <Tabs
        label="Who acts"
        tabs={GROUPS.map((name) => ({
          href: paths.exceptions({ ...kept, class: name }),
          label: GROUP_WORDS[name],
          count: counts[name],
          current: name === group,
        }))}
      />
      <FilterBar
        action={paths.exceptions()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), class: group, currency, run: run?.toString(), age, closedFrom, closedTo }}
        filters={[
          {
            kind: 'select',
            name: 'state',
            label: 'State',
            value: state === 'open' ? '' : state,
            options: [
              { value: '', label: 'Open' },
              { value: 'closed', label: 'Closed' },
              { value: 'all', label: 'Open and closed' },
            ],
          },
          {
            kind: 'select',
            name: 'job',
            label: 'Job',
            value: job ?? '',
            options: [{ value: '', label: 'All' }, ...choices.jobs.map((value) => ({ value, label: value }))],
          },
          {
            kind: 'select',
            name: 'code',
            label: 'Cause',
            value: code ?? '',
            options: [{ value: '', label: 'All' }, ...choices.codes.map((value) => ({ value, label: reasonTitle(value) }))],
          },
        ]}
        end={
          narrowed.length > 0 && (
            <ButtonLink
              size="small"
              kind="ghost"
              href={paths.exceptions({
                ...view,
                currency: undefined,
                run: undefined,
                age: undefined,
                closedFrom: undefined,
                closedTo: undefined,
              })}
            >
              Only {narrowed.join(', ')}: show all
            </ButtonLink>
          )
        }
      />
      <DataTable
        caption={`${GROUP_WORDS[group]} exceptions, one row a cause, newest first`}
        rows={rows}
        rowKey={({ exceptionId }) => `${exceptionId}`}
        href={({ exceptionId }) => paths.exception(exceptionId, scope)}
        columns={[
          { key: 'title', head: 'Cause', wrap: true, cell: ({ title }) => exceptionTitle(title) },
          ...(group === 'technical'
            ? [
                {
                  key: 'class',
                  head: 'Class',
                  fit: true,
                  cell: ({ failureClass }: Row) => <FailureClassBadge failureClass={failureClass} />,
                },
              ]
            : []),
          {
            key: 'occurrences',
            head: OCCURRENCES[group],
            align: 'number',
            cell: ({ occurrences }) => <Count value={occurrences} />,
          },
          {
            key: 'amount',
            head: group === 'control' ? 'Stated minus found' : 'At stake',
            align: 'number',
            cell: (row) => (
              <AtStake
                amounts={row.amounts}
                isRedacted={row.isRedacted}
                control={group === 'control' ? { measure: row.subject.measure } : null}
              />
            ),
          },
          {
            key: 'entities',
            head: 'Entities',
            fit: true,
            cell: ({ entities }) => (
              <span className="mono">
                {entities.length > 3 ? `${entities.slice(0, 3).join(' ')} +${entities.length - 3}` : entities.join(' ')}
              </span>
            ),
          },
          {
            key: 'age',
            head: state === 'open' ? 'Open since' : 'Opened',
            fit: true,
            cell: (row) => (row.closedAt === null ? <Age from={row.openedAt} now={computedAt} /> : <Time at={row.openedAt} />),
          },
          { key: 'seen', head: 'Last seen', fit: true, cell: (row) => <Age from={row.lastSeenAt} now={computedAt} /> },
          ...(state === 'open'
            ? []
            : [
                {
                  key: 'closed',
                  head: 'Closed',
                  fit: true,
                  cell: (row: Row) =>
                    row.closedAt ? (
                      <>
                        <Time at={row.closedAt} /> by run {row.closedByRunId}
                      </>
                    ) : (
                      'open'
                    ),
                },
              ]),
          {
            key: 'owner',
            head: 'Owner and job',
            fit: true,
            cell: (row) => (
              <span className="grid">
                {row.owner}
                <span className="mono text-ink-3">{row.job}</span>
              </span>
            ),
          },
        ]}
        empty={
          <NoExceptions
            group={group}
            state={state}
            isFiltered={
              Object.keys(search).some((name) => name !== 'class') || Boolean(scope.entity || scope.period || scope.version)
            }
            counts={counts}
          />
        }
        footer={
          <FigureFooter
            asOfPublication={publication || null}
            computedAt={computedAt}
            rows={rows.length}
            rowsAre={rows.length === 1 ? 'cause' : 'causes'}
          />
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.exceptions({ ...view, after: `${first.exceptionId}` }) : null}
            olderHref={hasOlder && last ? paths.exceptions({ ...view, before: `${last.exceptionId}` }) : null}
          />
        }
      />
    </>
  )
}

type Row = ReturnType<typeof useLoaderData<typeof loader>>['rows'][number]

const GROUP_WORDS: Record<Group, string> = {
  business: 'Business',
  technical: 'Technical',
  control: 'Control',
  unclassified: 'Unclassified',
}
const OCCURRENCES: Record<Group, string> = { business: 'Records', technical: 'Times', control: 'Claims', unclassified: 'Times' }
type Counts = Readonly<Record<Group, number>>

const closedWords = (from: string | undefined, to: string | undefined) =>
  from || to ? `closed ${[from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(' ')}` : undefined

function stateOf(counts: Counts, state: string): string {
  const words = GROUPS.filter((group) => counts[group] > 0).map((group) => `${counts[group]} ${GROUP_WORDS[group].toLowerCase()}`)
  const which = state === 'open' ? 'open' : state === 'closed' ? 'closed' : 'open and closed'
  return words.length === 0 ? `No ${which} exception.` : `${words.join(', ')}; ${which}, one a cause.`
}

function NoExceptions({
  group,
  state,
  isFiltered,
  counts,
}: {
  group: Group
  state: string
  isFiltered: boolean
  counts: Counts
}) {
  const elsewhere = GROUPS.filter((other) => other !== group && counts[other] > 0)
  return (
    <EmptyState
      title={`No ${state === 'closed' ? 'closed' : state === 'all' ? '' : 'open'} ${GROUP_WORDS[group].toLowerCase()} exception${isFiltered ? ' with these filters' : ''}`.replace(
        '  ',
        ' ',
      )}
      actions={
        isFiltered ? (
          <ButtonLink href={paths.exceptions({ class: group })}>Show all open ones</ButtonLink>
        ) : (
          <ButtonLink href={paths.runs()}>See the runs</ButtonLink>
        )
      }
    >
      {elsewhere.length > 0
        ? `There are ${elsewhere.map((other) => `${counted(counts[other], 'cause')} under ${GROUP_WORDS[other]}`).join(', ')}.`
        : 'Every record and every control of the runs so far passed, or was mended since.'}
    </EmptyState>
  )
}
