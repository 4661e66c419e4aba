import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readReconciliation, whyNotSign } from '#app/.server/reads.ts'
import { readFormWithFile } from '#app/.server/upload.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { CertaintyMark } from '#app/components/certainty-mark.tsx'
import { ReconciliationBadge } from '#app/components/reconciliation-badge.tsx'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import type { Actor } from '#server/domain/actor.ts'
import type { SignFacts } from '#server/domain/reconciliation/may-sign.ts'
import { EVIDENCE_BYTES_MAX } from '#server/domain/reconciliation/evidence-file.ts'
import { BUCKETS, EXPLANATION_TYPES } from '#server/domain/reconciliation/state.ts'
import { AcceptedTable } from './accepted-table.tsx'
import { Actions } from './actions.tsx'
import { BroughtForward } from './brought-forward.tsx'
import { DifferenceWaterfalls } from './difference-waterfall.tsx'
import { ExplainDialog } from './explain-dialog.tsx'
import { Evidence } from './evidence.tsx'
import { EvidenceMissing } from './evidence-missing.tsx'
import { EvidenceDialog } from './evidence-dialog.tsx'
import { Explanations } from './explanations.tsx'
import { FiguresTable } from './figures-table.tsx'
import { SIGN_INTENTS } from './intents.ts'
import { Matches } from './matches.tsx'
import { MovedTable } from './moved-table.tsx'
import { PartsTable } from './parts-table.tsx'
import { SignDialog } from './sign-dialog.tsx'
import { Signatures } from './signatures.tsx'

const Params = z.object({ reconciliationId: Id })
const Search = z.object({
  bucket: z.enum(BUCKETS).optional(),
  part: Id.optional(),
  do: z.enum([...SIGN_INTENTS, 'explain', 'evidence']).optional(),
})
const Sent = z.looseObject({
  intent: z.enum([
    ...SIGN_INTENTS,
    'explain',
    'withdraw',
    'evidence',
    'withdrawEvidence',
    'compare',
    'join',
    'choose',
    'joinParts',
    'part',
    'undo',
  ]),
  idempotencyKey: z.uuid(),
  revision: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .optional(),
  reason: z.string().max(1_000, 'Say it in at most 1,000 characters').optional(),
  /** The comparison whose parts and matches were on the screen. */
  comparison: Id.optional(),
  part: Id.optional(),
  explanation: Id.optional(),
  evidence: Id.optional(),
  type: z.enum(EXPLANATION_TYPES).optional(),
  amount: z.string().max(40).optional(),
  /** Numbers of matches. Not under that name: an input named `matches` hides the method of its form. */
  chosen: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9}){0,199}$/)
    .transform((text) => text.split(',').map(Number))
    .optional(),
  act: Id.optional(),
})

/** Lines or parts that were ticked: 'line.17'. */
const ticked = (form: Readonly<Record<string, unknown>>): number[] =>
  Object.keys(form).flatMap((name) => (/^(line|part)\.\d{1,15}$/.test(name) ? [Number.parseInt(name.slice(5), 10)] : []))

export const loader = guarded('reconciliations:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { reconciliationId } = readParams(params, Params)
  const search = readSearch(url, Search)
  const view = await readReconciliation(
    context.db,
    { reconciliationId, bucket: search.bucket, part: search.part, scope: actor.entityScope },
    context.now(),
  )
  return { ...view, search, reasons: reasonsAgainst(actor, view.facts), scope: scopeOf(scope), key: randomUUID() }
})

export const action = guarded('reconciliations:read', async ({ request, params, services, actor, scope }) => {
  const { reconciliationId } = readParams(params, Params)
  const isWithFile = request.headers.get('Content-Type')?.startsWith('multipart/form-data')
  const { fields: form, file } = isWithFile
    ? await readFormWithFile(request, Sent, EVIDENCE_BYTES_MAX)
    : { fields: await readForm(request, Sent), file: null }
  const {
    intent,
    revision = 0,
    reason,
    comparison: comparisonId = 0,
    part = 0,
    explanation = 0,
    type = 'other',
    amount = '',
    chosen: matches = [],
    act = 0,
  } = form
  const asked = { reconciliationId, actor, idempotencyKey: form.idempotencyKey }
  const signed = { ...asked, seenRevision: revision, comment: reason }
  if (intent === 'prepare') await services.prepareReconciliation(signed)
  else if (intent === 'certify') await services.certifyReconciliation(signed)
  else if (intent === 'reject') await services.rejectReconciliation(signed)
  else if (intent === 'explain')
    await services.explainBreak({
      ...asked,
      comparisonId,
      part,
      type,
      amount,
      text: reason ?? '',
      evidenceId: form.evidence,
      file: file ?? undefined,
    })
  else if (intent === 'evidence') await services.addEvidence({ ...asked, file: file ?? { name: '', bytes: new Uint8Array(0) } })
  else if (intent === 'withdrawEvidence') await services.withdrawEvidence({ ...asked, evidenceId: form.evidence ?? 0 })
  else if (intent === 'join') await services.joinLines({ ...asked, comparisonId, matches })
  else if (intent === 'choose') await services.joinLines({ ...asked, comparisonId, matches, lines: ticked(form) })
  else if (intent === 'joinParts') await services.joinParts({ ...asked, comparisonId, parts: ticked(form) })
  else if (intent === 'part') await services.partLines({ ...asked, comparisonId, match: matches[0] ?? 0 })
  else if (intent === 'undo') await services.undoMatchAct({ ...asked, actId: act })
  else if (intent === 'withdraw') await services.withdrawExplanation({ ...asked, explanationId: explanation })
  else await services.compareNow({ reconciliationId, actor })
  return redirect(paths.reconciliation(reconciliationId, scopeOf(scope)))
})

/** By role first, then by how it stands and who did what. */
function reasonsAgainst(actor: Actor, facts: SignFacts) {
  const { prepare, certify, reject } = whyNotSign(actor, facts)
  const words = (why: string | null) => why && `Not now: ${why}.`
  return {
    prepare: againstRole(actor, 'prepareReconciliation') ?? words(prepare),
    certify: againstRole(actor, 'certifyReconciliation') ?? words(certify),
    reject: againstRole(actor, 'rejectReconciliation') ?? words(reject),
    explain:
      againstRole(actor, 'explainBreak') ??
      (facts.state === 'certified' ? 'It is certified; what was sealed is not edited.' : null),
    compare: againstRole(actor, 'compareReconciliation'),
  }
}

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  {
    title: `${data ? `${data.definition.title}, ${data.reconciliation.entity} ${data.reconciliation.period}` : 'Reconciliation'} · Finance Control Tower`,
  },
]

export default function ReconciliationRoute() {
  const screen = useLoaderData<typeof loader>()
  const { reconciliation, definition, comparison, figures, facts, moved, certainty, scope, search, computedAt } = screen
  const { entity, period, version, state } = reconciliation
  const refusal = useRefusal()
  useLive(true, ['reconciliations'])
  const isSuperseded = state !== 'certified' && reconciliation.certificationId !== null
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Reconciliations', href: paths.reconciliations(scope) },
              { label: `${entity} ${period} ${version}` },
            ]}
          />
        }
        title={`${definition.title}: ${entity} ${period}`}
        badge={
          <>
            <ReconciliationBadge state={state} isSuperseded={isSuperseded} />
            <CertaintyMark certainty={certainty} />
          </>
        }
        state={sentence(screen)}
        actions={<Actions screen={screen} />}
      />
      {refusal && !search.do && <Notice kind="broken" title={refusal.message ?? 'This was not done'} />}
      {facts.isStale && <Notice kind="info" title="Its figures moved a moment ago; it is compared again within seconds." />}
      <EvidenceMissing certifications={screen.certifications} />
      {isSuperseded && moved && moved.length > 0 && (
        <Section
          title="What superseded its certification"
          note={`${counted(moved.length, 'line')}. The figures as they were signed are kept below, under Signatures.`}
        >
          <MovedTable rows={moved} definition={definition} scope={scope} />
        </Section>
      )}
      <Section title="Counts and balances" note="Counts first: while records are missing, a balance says little.">
        <FiguresTable screen={screen} />
      </Section>
      <DifferenceWaterfalls screen={screen} />
      {screen.budget.length > 0 && (
        <Section
          title="Accepted without a person"
          note="Small differences that rules let pass one by one, as rounding or within their tolerance."
        >
          <AcceptedTable rows={screen.budget} />
        </Section>
      )}
      <Section title="Lines behind the difference" note={partsNote(screen)}>
        <PartsTable screen={screen} />
      </Section>
      <Matches screen={screen} />
      <Section title="Explanations" note="What people said of it. It counts for as long as the difference is there.">
        <Explanations screen={screen} />
      </Section>
      {screen.broughtForward.length > 0 && (
        <Section
          title="Brought forward"
          note="Differences of earlier periods. They come along, with what was said of them, until a period sets them right."
        >
          <BroughtForward screen={screen} />
        </Section>
      )}
      <Evidence screen={screen} />
      <Section title="Signatures" note="A signature is about the comparison it names. Nothing of it is ever edited.">
        <Signatures screen={screen} />
      </Section>
      <FigureFooter asOfPublication={comparison.asOf} computedAt={computedAt} rows={figures.length} rowsAre="figures" />
      <SignDialog screen={screen} refusal={refusal} />
      <ExplainDialog screen={screen} refusal={refusal} />
      <EvidenceDialog screen={screen} refusal={refusal} />
    </>
  )
}

function sentence({
  definition,
  parts,
  rests,
  facts,
  comparison,
  leftToPeople,
}: ReturnType<typeof useLoaderData<typeof loader>>) {
  const names = definition.sides.map(({ name }) => name)
  const compared = `${names.slice(1).join(' and ')} compared with ${names[0]}, by ${definition.key.map((field) => field.replace('_', ' ')).join(' and ')}`
  const missing = rests.reduce((sum, rest) => sum + rest.missing, 0)
  const open = rests.filter(({ isAccepted }) => !isAccepted).length
  const how =
    parts.length === 0
      ? 'It ties.'
      : facts.isOverBudget
        ? 'More small differences were accepted without a person than its budget allows.'
        : open === 0
          ? 'Every difference is explained or within tolerance.'
          : `Not explained${missing > 0 ? `, ${counted(missing, 'record')} missing on one side` : ''}.`
  const two = facts.certifiersNeeded > 1 ? ' Two people certify it, because of its amount.' : ''
  const left = leftToPeople ? ` Its rule leaves it to people: ${leftToPeople}.` : ''
  const bounded = comparison.isBounded
    ? ' Too many differences to list: it cannot be signed. Narrow the accounts of its definition, or have the source corrected first.'
    : ''
  return `${compared}. ${how}${bounded}${two}${left}`
}

function partsNote({ partsInAll, parts, search }: ReturnType<typeof useLoaderData<typeof loader>>) {
  if (partsInAll === 0) return search.bucket ? 'None of this kind.' : 'None: nothing differs.'
  return parts.length < partsInAll
    ? `The first ${counted(parts.length, 'part')} of ${counted(partsInAll, 'part')}.`
    : counted(partsInAll, 'part')
}
