import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDefinitionProposal } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { againstFirst, againstRole } from '#app/routes/_console/against-role.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { ChangesTable } from './changes-table.tsx'
import { DecideDialog } from './decide-dialog.tsx'
import { Facts } from './facts.tsx'
import { ACTS, type Act } from './screen.ts'

const Params = z.object({ proposalId: Id })
const Search = z.object({ do: z.enum(ACTS).optional() })
const DecideForm = z.object({
  intent: z.enum(ACTS),
  idempotencyKey: z.uuid(),
  reason: z.string().max(1_000, 'Say it in at most 1,000 characters').default(''),
})

export const loader = guarded('reconciliations:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { proposalId } = readParams(params, Params)
  const view = await readDefinitionProposal(context.db, proposalId)
  const { answer, proposedBy } = view.proposal
  const against =
    againstRole(actor, 'decideDefinition') ??
    (answer !== null ? `It is ${answer} already.` : null) ??
    againstFirst(actor, proposedBy, 'proposed')
  return { ...view, search: readSearch(url, Search), against, scope: scopeOf(scope), key: randomUUID() }
})

export const action = guarded('reconciliations:read', async ({ request, params, services, actor, scope }) => {
  const { proposalId } = readParams(params, Params)
  const { intent, ...form } = await readForm(request, DecideForm)
  await services.decideDefinition({ proposalId, isApproved: intent === 'approve', actor, ...form })
  return redirect(paths.definitionProposal(proposalId, scopeOf(scope)))
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Proposal ${data.proposal.proposalId}` : 'Proposal'} · Finance Control Tower` },
]

const LABELS: Readonly<Record<Act, string>> = { approve: 'Approve', decline: 'Decline' }

export default function DefinitionProposalRoute() {
  const screen = useLoaderData<typeof loader>()
  const { proposal, changes, against, scope, search } = screen
  const refusal = useRefusal()
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              { label: 'Reconciliations', href: paths.reconciliations(scope) },
              { label: `Proposal ${proposal.proposalId}` },
            ]}
          />
        }
        title={proposal.title}
        state={sentenceOf(screen)}
        actions={ACTS.toReversed().map((act) => {
          const kind = act === 'approve' ? 'primary' : 'secondary'
          return against ? (
            <Button key={act} kind={kind} disabledReason={against} reasonAlign="end">
              {LABELS[act]}
            </Button>
          ) : (
            <ButtonLink
              key={act}
              kind={kind}
              href={paths.definitionProposal(proposal.proposalId, { ...scope, do: act })}
              keepScroll
            >
              {LABELS[act]}
            </ButtonLink>
          )
        })}
      />
      {refusal && !search.do && <Notice kind="broken" title={refusal.message ?? 'This was not done'} />}
      <Section title="Facts">
        <Facts proposal={proposal} />
      </Section>
      <Section
        title="What changes"
        note="What loosens control comes first. Nothing of it counts before somebody else approves it."
      >
        <ChangesTable changes={changes} />
      </Section>
      <DecideDialog screen={screen} refusal={refusal} />
    </>
  )
}

function sentenceOf({
  proposal: { answer, decidedBy, baseVersion, why },
}: Pick<ReturnType<typeof useLoaderData<typeof loader>>, 'proposal'>) {
  const what = baseVersion === 0 ? 'A new definition' : `A change of version ${baseVersion}`
  if (answer === null) return `${what} that waits for a second person: ${why}.`
  if (answer === 'superseded') return `${what}. Another took its place before anybody decided.`
  return `${what}, ${answer} by ${decidedBy}.`
}
