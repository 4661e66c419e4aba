import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readClassification } from '#app/.server/reads.ts'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { CLASSIFIABLE } from '#server/domain/failure-names/said.ts'
import { ChooseName } from './choose-name.tsx'
import { ConfirmName } from './confirm-name.tsx'
import { TakeBack } from './take-back.tsx'
import { WhatWasSaid } from './what-was-said.tsx'

const Params = z.object({ exceptionId: Id })
const Code = z.enum(CLASSIFIABLE)
const Word = z.string().max(500)
const Search = z.object({
  code: Code.optional(),
  keep: z.enum(['code', 'phrase']).optional(),
  byCode: Word.optional(),
  byPhrase: Word.optional(),
})
const Asked = z.object({
  idempotencyKey: z.uuid(),
  reason: z.string().min(5, 'Say why, in at least 5 characters').max(1_000),
  revision: z.string().regex(/^\d{1,9}$/),
})
const ClassifyForm = z.discriminatedUnion('intent', [
  Asked.extend({
    intent: z.literal('classify'),
    code: Code,
    match: z.enum(['code', 'phrase']).optional(),
    value: Word.optional(),
  }),
  Asked.extend({ intent: z.literal('take_back') }),
])

export const loader = guarded('exceptions:read', async ({ params, url, services: { context }, actor }) => {
  const { exceptionId } = readParams(params, Params)
  const { code, keep, byCode, byPhrase } = readSearch(url, Search)
  const value = keep === 'code' ? byCode : byPhrase
  const view = await readClassification(context.db, { exceptionId, match: keep, value, scope: actor.entityScope })
  return {
    ...view,
    asked: { code: code ?? null, keep: keep ?? null, byCode: byCode ?? null, byPhrase: byPhrase ?? null },
    reason: againstRole(actor, 'classifyException'),
    // Minted with the page: pressing twice carries the same one, and the second does nothing.
    key: randomUUID(),
  }
})

export const action = guarded('exceptions:read', async ({ request, params, services, actor }) => {
  const { exceptionId } = readParams(params, Params)
  const { revision, ...form } = await readForm(request, ClassifyForm)
  const { reason, idempotencyKey } = form
  const keep = form.intent === 'classify' && form.match && form.value ? { match: form.match, value: form.value } : undefined
  const code = form.intent === 'classify' ? form.code : null
  const asked = { exceptionId, code, reason, keep, revision: Number.parseInt(revision, 10), actor, idempotencyKey }
  await services.classifyException(asked)
  return redirect(paths.exception(exceptionId))
})

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `Classify exception ${given?.exceptionId ?? ''} · Finance Control Tower` },
]

export default function ClassifyRoute() {
  const screen = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const { exceptionId, named, asked } = screen
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Exceptions', href: paths.exceptions({ class: 'unclassified' }) },
              { label: `Exception ${exceptionId}`, href: paths.exception(exceptionId) },
              { label: 'Classify' },
            ]}
          />
        }
        title={exceptionTitle(screen.title)}
        state={
          named
            ? `${named.by} said what it is.`
            : 'Say what it is by what happened, not by what it is called. Business goes to finance operations, technical stays with IT.'
        }
      />
      <WhatWasSaid said={screen.said} detail={screen.detail} job={screen.job} system={screen.system} />
      {named ? (
        <TakeBack screen={screen} refusal={refusal} />
      ) : (
        <>
          <ChooseName screen={screen} />
          {asked.code && <ConfirmName key={`${asked.code} ${asked.keep}`} screen={screen} code={asked.code} refusal={refusal} />}
        </>
      )}
    </>
  )
}
