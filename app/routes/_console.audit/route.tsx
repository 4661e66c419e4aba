import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { readAuditView } from '#app/.server/audit-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { paths, type AuditSearch } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { Time } from '#app/ui/time.tsx'
import { readAudit } from '#app/.server/reads.ts'
import { actionWords } from '#app/routes/_console/action-words.ts'
import { changeWords, diffOf } from '#app/routes/_console/json-diff.ts'
import { ObjectLink } from '#app/routes/_console/object-link.tsx'
import { EvidenceMenu } from './evidence-menu.tsx'
import { LeafCell, Standing } from './standing.tsx'

export const loader = guarded('audit:read', async (given) => {
  const { search, request } = readAuditView(given)
  const { context } = given.services
  const view = await readAudit(context.db, request, context.now())
  const rows = view.rows.map(({ before, after, ...row }) => ({ ...row, change: changeWords(diffOf(before, after)) }))
  return { ...view, rows, search }
})

export const meta: MetaFunction = () => [{ title: 'Audit · Finance Control Tower' }]

const PARTIAL = 'Verifying looks at all entities, and your scope does not hold all of them.'

export default function Audit() {
  const { rows, choices, hasNewer, hasOlder, seesAll, standing, search, computedAt } = useLoaderData<typeof loader>()
  const { before: _, after: __, ...filters } = search
  const view: AuditSearch = filters
  const [first, last] = [rows[0], rows.at(-1)]
  const all = { value: '', label: 'All' }
  return (
    <>
      <PageHeader
        title="Audit"
        state={stateOf(view)}
        actions={
          <>
            <EvidenceMenu view={view} seesAll={seesAll} />
            <ButtonLink href={paths.auditCheckpoints()}>Checkpoints</ButtonLink>
            {seesAll ? (
              <ButtonLink kind="primary" href={paths.auditVerify()}>
                Verify
              </ButtonLink>
            ) : (
              <Button kind="primary" disabledReason={PARTIAL} reasonAlign="end">
                Verify
              </Button>
            )}
          </>
        }
      />
      <Standing standing={standing} />
      <FilterBar
        action={paths.audit()}
        filters={[
          {
            kind: 'select',
            name: 'actor',
            label: 'Who',
            value: search.actor ?? '',
            options: [all, ...choices.actors.map((value) => ({ value, label: value }))],
          },
          {
            kind: 'select',
            name: 'action',
            label: 'Action',
            value: search.action ?? '',
            options: [all, ...choices.actions.map((value) => ({ value, label: actionWords(value) }))],
          },
          { kind: 'text', name: 'object', label: 'Object', value: search.object ?? '', placeholder: 'run 9' },
          {
            kind: 'text',
            name: 'correlation',
            label: 'Correlation id',
            value: search.correlation ?? '',
            placeholder: 'whole id',
          },
          { kind: 'date', name: 'from', label: 'From', value: search.from ?? '' },
          { kind: 'date', name: 'to', label: 'To', value: search.to ?? '' },
        ]}
      />
      <DataTable
        name="audit"
        caption="Audit events, newest first"
        rows={rows}
        rowKey={({ eventId }) => `${eventId}`}
        href={({ eventId }) => paths.auditEvent(eventId)}
        columns={[
          { key: 'event', head: 'Event', fit: true, cell: ({ eventId }) => eventId },
          { key: 'at', head: 'When', fit: true, cell: ({ at }) => <Time at={at} seconds /> },
          {
            key: 'actor',
            head: 'Who',
            fit: true,
            cell: ({ actor, role }) => <span title={`as ${role.replaceAll('_', ' ')}`}>{actor}</span>,
          },
          { key: 'action', head: 'Action', cell: ({ action }) => actionWords(action) },
          {
            key: 'object',
            head: 'Object',
            cell: ({ objectType, objectId }) => <ObjectLink objectType={objectType} objectId={objectId} />,
          },
          {
            key: 'change',
            head: 'What changed, and why',
            wrap: true,
            cell: ({ change, reason }) => (
              <span className="grid wrap-anywhere">
                {change && <span>{change}</span>}
                {reason && <span className="text-ink-2">“{reason}”</span>}
                {!change && !reason && (
                  <span className="text-ink-3">
                    –<span className="visually-hidden"> nothing was noted</span>
                  </span>
                )}
              </span>
            ),
          },
          { key: 'leaf', head: 'Leaf', fit: true, cell: ({ leaf, proven }) => <LeafCell leaf={leaf} proven={proven} /> },
          {
            key: 'correlation',
            head: 'Correlation id',
            fit: true,
            cell: ({ correlationId }) => (
              <Link
                href={paths.audit({ correlation: correlationId })}
                className="link mono"
                title={`All events of ${correlationId}`}
              >
                {correlationId.slice(0, 8)}
              </Link>
            ),
          },
        ]}
        empty={
          <EmptyState title="No event has these filters" actions={<ButtonLink href={paths.audit()}>Show all events</ButtonLink>}>
            Events are never deleted: one that is not here has another person, action, object, day or chain of cause
            {seesAll ? '' : ', or lies outside your entities'}.
          </EmptyState>
        }
        footer={
          <p className="figure-foot">
            <span>
              Read <Time at={computedAt} seconds showZone />
            </span>
            <span>{counted(rows.length, 'event')} on this page</span>
            <span>Times in UTC</span>
          </p>
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? paths.audit({ ...view, after: `${first.eventId}` }) : null}
            olderHref={hasOlder && last ? paths.audit({ ...view, before: `${last.eventId}` }) : null}
          />
        }
      />
    </>
  )
}

function stateOf({ correlation, object, actor }: AuditSearch): string {
  if (correlation) return 'Everything of one chain of cause: what was asked, what came of it, and what that changed in turn.'
  if (object) return `Everything that was done to ${object}.`
  if (actor) return `Everything ${actor} did.`
  return 'Who did what, when, to what and why. Each event is a leaf of a tree whose root is signed, so that none can be changed, taken out or put in unseen.'
}
