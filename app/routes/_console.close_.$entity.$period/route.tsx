import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readClosePeriod } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { StateMark } from '#app/routes/_console.periods/state-mark.tsx'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { PERIOD_STATES } from '#server/domain/period-state.ts'
import { Actions } from './actions.tsx'
import { CloseDialog } from './close-dialog.tsx'
import { Facts } from './facts.tsx'
import { LatePublications, Reopenings } from './history.tsx'
import { reasonsAgainst } from './reasons-against.ts'
import { ReconciliationsOfClose } from './reconciliations-of-close.tsx'
import { StepsTable } from './steps-table.tsx'

const Params = z.object({ entity: z.string().max(64), period: z.string().max(20) })
const Search = z.object({ do: z.enum(['close', 'soft_close', 'reopen', 'decide']).optional() })
const CloseForm = z.object({
  intent: z.enum(['close', 'soft_close', 'reopen', 'approve', 'decline']),
  idempotencyKey: z.uuid(),
  was: z.enum(PERIOD_STATES).optional(),
  requestId: Id.optional(),
  reason: z.string().max(1_000, 'Say it in at most 1,000 characters').optional(),
})

export const loader = guarded('periods:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { version, publication } = scope
  const asked = { ...readParams(params, Params), version, publication, scope: actor.entityScope }
  const view = await readClosePeriod(context.db, asked, context.now())
  return {
    ...view,
    search: readSearch(url, Search),
    reasons: reasonsAgainst(actor, view),
    scope: scopeOf({ ...(version && { version }) }),
    asOfPublication: publication,
    key: randomUUID(),
  }
})

export const action = guarded('periods:read', async ({ request, params, services, actor, scope }) => {
  const { entity, period } = readParams(params, Params)
  const { intent, was, requestId, reason = '', idempotencyKey } = await readForm(request, CloseForm)
  if (intent === 'reopen') await services.askReopening({ entity, period, reason, actor, idempotencyKey })
  else if (intent === 'approve' || intent === 'decline')
    await services.decideReopening({ requestId: requestId ?? 0, isApproved: intent === 'approve', reason, actor, idempotencyKey })
  else {
    const state = intent === 'close' ? 'closed' : 'soft_closed'
    await services.setPeriodState({ entity, period, was, state, reason, actor, idempotencyKey })
  }
  return redirect(paths.closePeriod(entity, period, scopeOf({ ...(scope.version && { version: scope.version }) })))
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Close of ${data.row.entity} ${data.row.period}` : 'Close'} · Finance Control Tower` },
]

export default function ClosePeriod() {
  const screen = useLoaderData<typeof loader>()
  const { row, reconciliations, notCompared, reopenings, scope, search, asOfPublication, computedAt } = screen
  const refusal = useRefusal()
  useLive(false, ['runs', 'exceptions', 'publications', 'feeds', 'reconciliations', 'periods'])
  const { certified, defined } = row.reconciliations
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Close', href: paths.close(scope) }, { label: `${row.entity} ${row.period}` }]} />
        }
        title={`Close of ${row.entity} ${row.period}`}
        badge={
          <>
            <StateMark state={row.state} />
            <CertaintyMark certainty={row.certainty} always />
          </>
        }
        state={
          row.notReady.length === 0
            ? `Everything is ready: ${certified.toLocaleString('en')} of ${defined.toLocaleString('en')} reconciliations certified.`
            : `${certified.toLocaleString('en')} of ${defined.toLocaleString('en')} reconciliations certified; not everything is ready.`
        }
        actions={<Actions screen={screen} />}
      />
      {refusal && !search.do && <Notice kind="broken" title={refusal.message ?? 'This was not done'} />}
      {row.reopening && (
        <Notice kind="attention" title={`${row.reopening.requestedBy} asks to reopen it`}>
          “{row.reopening.reason}” Another controller decides.
        </Notice>
      )}
      <Facts row={row} />
      <Section title="What blocks what" note="Each step waits for those above it">
        <StepsTable row={row} scope={scope} />
      </Section>
      <section id="reconciliations">
        <Section title="Reconciliations" note={`${certified} of ${defined} certified`}>
          <ReconciliationsOfClose {...{ reconciliations, notCompared, scope, computedAt }} />
        </Section>
      </section>
      <section id="late">
        <Section title="Published after the cut-off" note="Of systems that were connected by then">
          <LatePublications row={row} />
        </Section>
      </section>
      {reopenings.length > 0 && (
        <Section title="Requests to reopen it" note="Newest first">
          <Reopenings reopenings={reopenings} />
        </Section>
      )}
      <FigureFooter
        asOfPublication={asOfPublication || null}
        computedAt={computedAt}
        rows={reconciliations.length + notCompared.length}
        rowsAre="reconciliations"
      />
      <CloseDialog screen={screen} refusal={refusal} />
    </>
  )
}
