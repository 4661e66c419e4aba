import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readForm } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readPeriodsView } from '#app/.server/periods-search.ts'
import { readCalendars, readPeriodChange, readPeriods } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths, type PeriodsSearch } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar, useGetForm } from '#app/ui/filter-bar.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Time } from '#app/ui/time.tsx'
import { PERIOD_STATES, SETTABLE_STATES } from '#server/domain/period-state.ts'
import { CalendarsTable } from './calendars-table.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { StateGrid } from './state-grid.tsx'

const State = z.enum(PERIOD_STATES)
const ChangeForm = z.object({
  idempotencyKey: z.uuid(),
  /** 'NO01 2026-03=open,SE01 2026-03=closed': the periods with the state the person saw. */
  periods: z
    .string()
    .max(10_000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().regex(/^\S+ \S+=(open|soft_closed|closed|reopened)$/, 'Choose periods again')).min(1)),
  to: z.enum(SETTABLE_STATES),
  reason: z.string().max(1_000, 'Say it in at most 1,000 characters').optional(),
})

export const loader = guarded('periods:read', async (given) => {
  const { search, request } = readPeriodsView(given)
  const { services, actor, scope } = given
  const { db, now } = services.context
  const names = search.do === 'change' ? search.cells : []
  const [view, calendars, change] = await Promise.all([
    readPeriods(db, request, now()),
    readCalendars(db, actor.entityScope, now()),
    names.length > 0 ? readPeriodChange(db, { names, scope: actor.entityScope }, now()) : null,
  ])
  return {
    ...view,
    calendars,
    change,
    search,
    reason: againstRole(actor, 'setPeriodState'),
    scope: scopeOf(scope),
    isPast: scope.isPast,
    key: randomUUID(),
  }
})

export const action = guarded('periods:read', async ({ request, url, services, actor, scope }) => {
  const { periods, to, reason, idempotencyKey } = await readForm(request, ChangeForm)
  await services.setPeriodStates({
    periods: periods.map((text) => {
      const [name = '', was] = text.split('=')
      const [entity = '', period = ''] = name.split(' ')
      return { entity, period, was: State.parse(was) }
    }),
    state: to,
    reason,
    actor,
    idempotencyKey,
  })
  return redirect(paths.periods({ ...scopeOf(scope), around: url.searchParams.get('around') ?? '' }))
})

export const meta: MetaFunction = () => [{ title: 'Periods · Finance Control Tower' }]

export default function Periods() {
  const { grids, calendars, change, search, reason, scope, isPast, earlier, later, computedAt, key } =
    useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const submit = useGetForm(paths.periods())
  const view: PeriodsSearch = { ...scope, ...(search.around && { around: search.around }) }
  const { entity, period } = scope
  const shown = grids.filter(({ periods }) => periods.length > 0)
  return (
    <>
      <PageHeader
        title="Calendars and periods"
        state={stateOf(shown)}
        actions={
          reason ? (
            <Button kind="primary" disabledReason={reason} reasonAlign="end">
              Change the chosen periods
            </Button>
          ) : (
            <Button kind="primary" type="submit" form="chosen">
              Change the chosen periods
            </Button>
          )
        }
      />
      {isPast && (
        <Notice kind="info" title="Periods are shown as they stand now">
          Whether a period is open is not kept by publication; who changed it and when stands in the audit log.
        </Notice>
      )}
      {search.do === 'change' && !change && (
        <Notice kind="attention" title="No period is chosen">
          Tick the periods to change, or open one by its state.
        </Notice>
      )}
      <FilterBar
        action={paths.periods()}
        keep={{ ...scope, asOf: scope.asOf?.toString() }}
        filters={[{ kind: 'date', name: 'around', label: 'Around', value: search.around ?? '' }]}
      />
      <form id="chosen" method="get" action={paths.periods()} onSubmit={submit}>
        <input type="hidden" name="do" value="change" />
        {Object.entries(view).map(
          ([name, value]) => value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
        )}
      </form>
      {shown.map((grid, index) => (
        <StateGrid
          // After a change the boxes are empty again: what was chosen is done.
          key={`${grid.calendar.calendar} ${grid.rows.flatMap(({ cells }) => cells.map(({ state }) => state)).join()}`}
          grid={grid}
          view={view}
          form={reason ? null : 'chosen'}
          footer={index === shown.length - 1 ? <Footer computedAt={computedAt} /> : null}
        />
      ))}
      {shown.length === 0 && (
        <EmptyState title="No entity is known yet" actions={<ButtonLink href={paths.upload()}>Load entities</ButtonLink>}>
          {entity || period
            ? 'No entity you may see has this period in its calendar.'
            : 'Periods appear here as soon as a job brings entities, or figures of some.'}
        </EmptyState>
      )}
      {!period && shown.length > 0 && (
        <Pagination
          newerHref={paths.periods({ ...view, around: earlier })}
          olderHref={paths.periods({ ...view, around: later })}
          newerLabel="Half a year earlier"
          olderLabel="Half a year later"
        />
      )}
      <CalendarsTable calendars={calendars} />
      {change && (
        <ChangeDialog
          // Another choice begins with its own sensible state and its own key.
          key={search.cells.join()}
          {...{ change, search, view, reason, refusal, minted: key }}
        />
      )}
    </>
  )
}

function Footer({ computedAt }: { computedAt: string }) {
  return (
    <p className="figure-foot">
      <span>
        Read <Time at={computedAt} seconds showZone />
      </span>
      <span>A period nobody spoke of is open</span>
    </p>
  )
}

type Shown = {
  readonly rows: readonly {
    readonly cells: readonly { readonly state: string; readonly waiting: readonly { records: number }[] }[]
  }[]
}

function stateOf(grids: readonly Shown[]): string {
  const cells = grids.flatMap(({ rows }) => rows.flatMap((row) => row.cells))
  const of = (state: string) => cells.filter((cell) => cell.state === state).length
  const waiting = cells.flatMap((cell) => cell.waiting).reduce((n, { records }) => n + records, 0)
  const states = `Of ${counted(cells.length, 'period')} shown, ${of('open')} open, ${of('soft_closed')} soft-closed, ${of('closed')} closed${of('reopened') > 0 ? `, ${of('reopened')} reopened` : ''}.`
  return waiting > 0
    ? `${states} ${counted(waiting, 'record')} held back by closed ones.`
    : `${states} Nothing is held back by them.`
}
