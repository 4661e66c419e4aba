import { randomUUID } from 'node:crypto'
import { data, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, Key, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readCorrectionsOf, readException, readExceptionCase, readExceptionHistory } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths } from '#app/paths.ts'
import { useAnswer } from '#app/routes/_console/use-answer.ts'
import { keepWritten } from '#app/routes/_console/keep-written.ts'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { mayDo } from '#server/domain/actor.ts'
import { guideOf } from '#server/domain/runbook/runbook.ts'
import { ENDINGS } from '#server/domain/triage.ts'
import { actOnOne, AskedForm } from './act-form.ts'
import { Dialogs } from './act-dialogs.tsx'
import { Acts } from './acts.tsx'
import { StateBadges } from './badges.tsx'
import { ClaimFigures } from './claim-figures.tsx'
import { Classify } from './classify.tsx'
import { CorrectionsOfException } from './corrections-of-exception.tsx'
import { DoneNotice } from './done-notice.tsx'
import { Facts } from './facts.tsx'
import { History } from './history.tsx'
import { useExceptionKeys } from './keys.ts'
import { Notes } from './notes.tsx'
import { ProposalNotice } from './proposal-notice.tsx'
import { reasonsAgainst } from './reasons-against.ts'
import { RunsThatSaw } from './runs-that-saw.tsx'
import type { Screen } from './screen.ts'
import { Standing } from './standing.tsx'
import { stateSentence } from './state-sentence.tsx'
import { TechnicalWords } from './technical-words.tsx'
import { didIn, useUndoTold } from './use-act.ts'
import { WaitingRecords } from './waiting-records.tsx'
import { WayOn } from './way-on.tsx'
import { WhatToDo } from './what-to-do.tsx'

const Params = z.object({ exceptionId: Id })
const Search = z.object({
  after: Key.optional(),
  do: z.enum(['assign', 'severity', 'end', 'decide', 'reopen']).optional(),
  ending: z.enum(ENDINGS).optional(),
  by: z.enum(['person', 'system']).optional(),
})

export const loader = guarded('exceptions:read', async ({ params, url, services, actor, scope }) => {
  const { exceptionId } = readParams(params, Params)
  const { after, ...search } = readSearch(url, Search)
  const { entity, period, version } = scope
  const { db, now: clock } = services.context
  const now = clock()
  const detail = await readException(db, { exceptionId, after, entity, period, version, scope: actor.entityScope }, now)
  const { failureClass } = detail.exception
  const asked = await readExceptionCase(db, { exceptionId, failureClass, actor }, now)
  const { isPartly } = asked
  // Whoever looks at the notes has read them.
  if (asked.notes.some(({ mentions }) => mentions.includes(actor.name.toLowerCase())) && mayDo(actor, 'readMentions'))
    await services.readMentions({ exceptionId, actor })
  const history = await readExceptionHistory(db, { exceptionId, kind: search.by, actor, isPartly })
  return {
    ...detail,
    case: asked,
    history,
    corrections: await readCorrectionsOf(db, exceptionId, actor.entityScope),
    guide: guideOf(detail.exception.code),
    search,
    after: after ?? null,
    me: actor.name,
    role: actor.role,
    scope: scopeOf(scope),
    reasons: reasonsAgainst(actor, detail.exception, asked),
    // Minted with the page: pressing twice carries the same one, and the second does nothing.
    key: randomUUID(),
  }
})

export const action = guarded('exceptions:read', async ({ request, params, services, actor }) => {
  const { exceptionId } = readParams(params, Params)
  const answer = await actOnOne(services, exceptionId, await readForm(request, AskedForm), actor)
  if ('did' in answer) return data(answer)
  const { why, isAllowed } = answer
  const message = `Nothing was changed: ${why}`
  return data({ refused: { message } }, { status: isAllowed ? 409 : 403 })
})

export const clientAction = keepWritten

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `${given?.exception.title ?? 'Exception'} · Finance Control Tower` },
]

export default function ExceptionRoute() {
  const { waiting, after, ...rest } = useLoaderData<typeof loader>()
  const screen: Screen = rest
  const { exception, advice, claims, lastRun, role, scope, search } = screen
  const { exceptionId, failureClass, closedAt } = exception
  const isDrift = exception.code === 'member_drift'
  // Of a form that was sent without a script; otherwise toasts and dialogs tell.
  const did = didIn(useAnswer<unknown>())
  const refusal = useRefusal()
  useLive(false, ['exceptions', 'runs'])
  useUndoTold(exceptionId)
  useExceptionKeys(screen)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Exceptions', href: paths.exceptions({ ...scope, class: groupOf(failureClass) }) },
              { label: `Exception ${exceptionId}` },
            ]}
          />
        }
        title={exceptionTitle(exception.title)}
        badge={
          <>
            <FailureClassBadge failureClass={failureClass} />
            <StateBadges screen={screen} />
          </>
        }
        state={stateSentence(screen)}
        actions={closedAt === null && <WayOn exception={exception} lastRun={lastRun} role={role} scope={scope} />}
      />
      {did && <DoneNotice did={did} screen={screen} />}
      {refusal && !search.do && <Notice kind="broken" title={refusal.message ?? 'This was not done'} />}
      <ProposalNotice screen={screen} />
      <Section title="Work on it">
        <Standing screen={screen} />
        <Acts screen={screen} />
      </Section>
      {closedAt === null && (
        <Notice kind={failureClass === 'business' || failureClass === 'control' ? 'attention' : 'broken'} title="What to do">
          {advice.action}
        </Notice>
      )}
      <WhatToDo guide={screen.guide} />
      <Classify exception={exception} role={role} />
      {isDrift && <Section title="What the systems say">{exception.detail}</Section>}
      {exception.isRedacted && (
        <Notice kind="info" title="The figures are not shown">
          This control covers a whole load, and some of its entities lie outside your scope.
        </Notice>
      )}
      <Facts screen={screen} />
      {claims.length > 0 && exception.lastRunId !== null && <ClaimFigures claims={claims} runId={exception.lastRunId} />}
      {(waiting.rows.length > 0 || (failureClass === 'business' && !isDrift)) && (
        <WaitingRecords
          waiting={waiting}
          exceptionId={exceptionId}
          isClosed={closedAt !== null}
          isNarrowed={Boolean(scope.entity || scope.period || scope.version)}
          after={after}
          scope={scope}
        />
      )}
      <CorrectionsOfException screen={screen} />
      <Notes screen={screen} />
      <History screen={screen} />
      <RunsThatSaw screen={screen} />
      <TechnicalWords screen={screen} />
      {!did && <Dialogs screen={screen} />}
    </>
  )
}

const groupOf = (failureClass: string) => (failureClass.startsWith('technical') ? 'technical' : failureClass)
