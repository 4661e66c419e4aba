import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readCorrection } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { CorrectionBadge } from '#app/components/correction-badge.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { keepWritten } from '#app/routes/_console/keep-written.ts'
import { correctionSentence, correctionTitle } from '#app/routes/_console/correction-words.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { CORRECTION_ACTIONS } from '#server/domain/correction.ts'
import { Actions } from './actions.tsx'
import { CorrectionDialog } from './correction-dialog.tsx'
import { Facts } from './facts.tsx'
import { ReadingsTable } from './readings-table.tsx'
import { reasonsAgainst } from './reasons-against.ts'

const Params = z.object({ correctionId: Id })
const Search = z.object({ do: z.enum(CORRECTION_ACTIONS).optional() })
const CorrectionForm = z.object({
  intent: z.enum(CORRECTION_ACTIONS),
  idempotencyKey: z.uuid(),
  revision: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
  reason: z.string().max(1_000, 'Say it in at most 1,000 characters').optional(),
})

export const loader = guarded('exceptions:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { correctionId } = readParams(params, Params)
  const view = await readCorrection(context.db, { correctionId, scope: actor.entityScope }, context.now())
  return {
    ...view,
    search: readSearch(url, Search),
    reasons: reasonsAgainst(actor, view.correction),
    scope: scopeOf(scope),
    asOfPublication: scope.publication,
    key: randomUUID(),
  }
})

export const action = guarded('exceptions:read', async ({ request, params, services, actor, scope }) => {
  const { correctionId } = readParams(params, Params)
  const { intent, ...form } = await readForm(request, CorrectionForm)
  const asked = { correctionId, actor, ...form, reason: form.reason }
  if (intent === 'withdraw') await services.withdrawCorrection(asked)
  else await services.decideCorrection({ ...asked, decision: intent === 'approve' ? 'approved' : 'refused' })
  return redirect(paths.correction(correctionId, scopeOf(scope)))
})

export const clientAction = keepWritten

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Correction ${data.correction.correctionId}` : 'Correction'} · Finance Control Tower` },
]

export default function CorrectionRoute() {
  const screen = useLoaderData<typeof loader>()
  const { correction, readings, scope, search, asOfPublication, computedAt } = screen
  const refusal = useRefusal()
  useLive(false, ['exceptions', 'runs'])
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Corrections', href: paths.corrections(scope) },
              { label: `Correction ${correction.correctionId}` },
            ]}
          />
        }
        title={correctionTitle(correction)}
        badge={<CorrectionBadge standing={correction.standing} />}
        state={correctionSentence(correction)}
        actions={<Actions screen={screen} />}
      />
      {refusal && !search.do && <Notice kind="broken" title={refusal.message ?? 'This was not done'} />}
      <Section title="Facts">
        <Facts screen={screen} />
      </Section>
      <Section title="Each time its record was read" note="Newest first. It applies only where the source says what was found.">
        <ReadingsTable readings={readings} scope={scope} />
      </Section>
      <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={readings.length} rowsAre="readings" />
      <CorrectionDialog screen={screen} refusal={refusal} />
    </>
  )
}
