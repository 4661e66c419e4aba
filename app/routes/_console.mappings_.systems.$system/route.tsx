import { randomUUID } from 'node:crypto'
import { data, redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { ListPlus, Plus } from 'lucide-react'
import { z } from 'zod'
import { Id, readForm, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readMemberChoices, readMappingView } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { useAnswer } from '#app/routes/_console/use-answer.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { MAPPED_DIMENSIONS } from '#server/domain/job.ts'
import { ChangeInput } from '#server/domain/mapping/change-list.ts'
import { DecideDialog } from './decide-dialog.tsx'
import { EntriesSection } from './entries-section.tsx'
import { ListDialog, ListedNotice } from './list-dialog.tsx'
import { ProposeDialog } from './propose-dialog.tsx'
import type { View } from './screen.ts'
import { DraftsSection, RejectedSection, VersionsSection } from './proposals-sections.tsx'

const Params = z.object({ system: z.string().max(64) })
const Version = z
  .string()
  .regex(/^\d{1,6}$/, 'A version is a number')
  .transform((text) => Number.parseInt(text, 10))
const Search = z.object({
  q: z.string().max(200).optional(),
  at: Version.optional(),
  since: Version.optional(),
  dimension: z.enum(MAPPED_DIMENSIONS).optional(),
  code: z.string().max(200).optional(),
  do: z.enum(['propose', 'list']).optional(),
  proposal: Id.optional(),
})
const Why = z.string().min(5, 'Say why, in at least 5 characters').max(1000)
const Asked = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('propose'), idempotencyKey: z.uuid(), reason: Why, ...ChangeInput.shape }),
  z.object({ intent: z.literal('list'), list: z.string().max(400_000), reason: Why }),
  z.object({
    intent: z.literal('decide'),
    idempotencyKey: z.uuid(),
    proposal: Id,
    decision: z.enum(['approved', 'rejected']),
    seenVersion: Version,
    reason: z.string().max(1000).optional(),
  }),
])

export const loader = guarded('mappings:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { system } = readParams(params, Params)
  const search = readSearch(url, Search)
  const { dimension, code, proposal, q, at, since } = search
  const isAsked = search.do === 'propose' && dimension !== undefined && code !== undefined
  const asked = isAsked ? { dimension, sourceCode: code, canonicalCode: '', effectiveFrom: '', effectiveTo: '' } : undefined
  const request = { system, version: at, since, q, proposal, asked, scope: actor.entityScope }
  const [view, choices] = await Promise.all([
    // Beside a dialog the list stays whole: the dimension is that of what one proposes.
    readMappingView(context.db, { ...request, dimension: search.do ? undefined : dimension }, context.now()),
    search.do === 'propose' ? readMemberChoices(context.db, dimension, actor.entityScope) : [],
  ])
  return {
    ...view,
    search,
    choices,
    scope: scopeOf(scope),
    asOfPublication: scope.newestPublication,
    me: actor.name,
    reasons: { propose: againstRole(actor, 'proposeMapping'), decide: againstRole(actor, 'decideMapping') },
    key: randomUUID(),
  }
})

export const action = guarded('mappings:read', async ({ request, params, services, actor, scope }) => {
  const { system } = readParams(params, Params)
  const asked = await readForm(request, Asked)
  if (asked.intent === 'list') {
    const { list: text, reason } = asked
    return data({ listed: await services.proposeMappings({ system, text, reason, actor }) })
  }
  if (asked.intent === 'propose') {
    const { intent: _, idempotencyKey, reason, ...change } = asked
    const { proposalId } = await services.proposeMapping({ system, change, reason, actor, idempotencyKey })
    return redirect(paths.mapping(system, { ...scopeOf(scope), proposal: `${proposalId}` }))
  }
  const { proposal: proposalId, decision, seenVersion, reason, idempotencyKey } = asked
  await services.decideMapping({ proposalId, decision, seenVersion, reason, actor, idempotencyKey })
  return redirect(paths.mapping(system, { ...scopeOf(scope), proposal: `${proposalId}` }))
})

export const meta: MetaFunction<typeof loader> = ({ data: given }) => [
  { title: `${given ? `Mapping of ${given.system.name}` : 'Mapping'} · Finance Control Tower` },
]

export default function Mapping() {
  const view: View = useLoaderData<typeof loader>()
  const { system, scope, search, computedAt, asOfPublication, entries } = view
  const answer = useAnswer<typeof action>()
  const refusal = useRefusal()
  const dialog = { view, refusal }
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Mappings', href: paths.mappings(scope) }, { label: system.name }]} />}
        title={`Mapping of ${system.name}`}
        badge={system.simulated && <Badge tone="past">Simulated system</Badge>}
        state={stateOf(view)}
        actions={
          <>
            <DownloadLink href={paths.mappingCsv(system.system, view.version || undefined)}>Export CSV</DownloadLink>
            <DownloadLink href={paths.mappingYaml(system.system, view.version || undefined)}>Export YAML</DownloadLink>
            <Opens view={view} what="list" />
            <Opens view={view} what="propose" />
          </>
        }
      />
      {answer && 'listed' in answer && <ListedNotice listed={answer.listed} />}
      <DraftsSection view={view} />
      <EntriesSection view={view} />
      <VersionsSection view={view} />
      <RejectedSection view={view} />
      <FigureFooter
        asOfPublication={asOfPublication || null}
        computedAt={computedAt}
        rows={entries.length}
        rowsAre="entries shown"
      />
      {search.do === 'propose' && <ProposeDialog {...dialog} />}
      {search.do === 'list' && !(answer && 'listed' in answer) && <ListDialog {...dialog} />}
      {view.draft && !search.do && <DecideDialog {...dialog} draft={view.draft} />}
    </>
  )
}

function Opens({ view: { system, scope, reasons }, what }: { view: View; what: 'propose' | 'list' }) {
  const [label, icon, kind] =
    what === 'propose' ? (['Propose a mapping', Plus, 'primary'] as const) : (['Propose a list', ListPlus, 'secondary'] as const)
  if (reasons.propose)
    return (
      <Button kind={kind} icon={icon} disabledReason={reasons.propose} reasonAlign="end">
        {label}
      </Button>
    )
  return (
    <ButtonLink href={paths.mapping(system.system, { ...scope, do: what })} kind={kind} icon={icon} keepScroll>
      {label}
    </ButtonLink>
  )
}

function stateOf({ system, proposals }: View): string {
  const drafts = proposals.filter(({ state }) => state === 'draft').length
  const waiting = drafts > 0 ? ` ${counted(drafts, 'proposal')} ${drafts === 1 ? 'waits' : 'wait'} for approval.` : ''
  if (system.version === 0) return `Nothing is mapped yet: every code stands for itself, or for what a job makes of it.${waiting}`
  const entries = counted(system.entries, 'entry', 'entries')
  return `Version ${system.version}, ${entries} in force. Where it says nothing, the codes of the job count.${waiting}`
}
