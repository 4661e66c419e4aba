import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import type { ReactNode } from 'react'
import { z } from 'zod'
import { Id, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { paths } from '#app/paths.ts'
import { actionWords } from '#app/routes/_console/action-words.ts'
import { ObjectLink } from '#app/routes/_console/object-link.tsx'
import { diffOf, pathWords, type Difference } from '#app/routes/_console/json-diff.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { readAuditEvent } from '#app/.server/reads.ts'
import { Proof } from './proof.tsx'

const Params = z.object({ eventId: Id })

export const loader = guarded('audit:read', async ({ params, services, actor }) => {
  const { eventId } = readParams(params, Params)
  const event = await readAuditEvent(services.context.db, eventId, actor)
  if (!event) throw Response.json({ message: `There is no audit event ${eventId} that you may see` }, { status: 404 })
  const { before, after, ...facts } = event
  return { ...facts, differences: diffOf(before, after) }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `Audit event${data ? ` ${data.eventId}` : ''} · Finance Control Tower` },
]

export default function AuditEventRoute() {
  const event = useLoaderData<typeof loader>()
  const same = event.differences.filter(({ change }) => change === 'same')
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Audit', href: paths.audit() }, { label: `Event ${event.eventId}` }]} />}
        title={actionWords(event.action)}
        state={
          <>
            {event.actor} as {event.role.replaceAll('_', ' ')}, <Time at={event.at} seconds showZone />
            {event.reason && <>: “{event.reason}”</>}
          </>
        }
      />
      <KeyValue
        items={[
          { key: 'Object', value: <ObjectLink objectType={event.objectType} objectId={event.objectId} /> },
          { key: 'Reason', value: event.reason ?? 'none given' },
          { key: 'Action', value: <span className="mono">{event.action}</span> },
          { key: 'Exact time', value: <span className="mono">{event.atExact}</span> },
          {
            key: 'Correlation id',
            value: (
              <Link href={paths.audit({ correlation: event.correlationId })} className="link mono">
                {event.correlationId}
              </Link>
            ),
          },
        ]}
      />
      <Section title="Before and after">
        <Differences
          caption="What the event changed"
          rows={event.differences.filter(({ change }) => change !== 'same')}
          empty={
            <EmptyState title={same.length > 0 ? 'Nothing is another than before' : 'The event keeps no before and after'}>
              What was done stands in its action, its object and its reason.
            </EmptyState>
          }
        />
        {same.length > 0 && (
          <Disclosure summary={`${same.length} as before`}>
            <Differences caption="What stayed as it was" rows={same} empty={null} />
          </Disclosure>
        )}
      </Section>
      <Proof event={event} />
    </>
  )
}

const CHANGE_WORDS: Record<Difference['change'], string> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  same: 'as it was',
}

/** Fields in words; their technical names on hover. */
function Differences({ caption, rows, empty }: { caption: string; rows: readonly Difference[]; empty: ReactNode }) {
  return (
    <DataTable
      caption={caption}
      rows={rows}
      rowKey={({ path }) => path}
      columns={[
        { key: 'path', head: 'Field', fit: true, cell: ({ path }) => <span title={path}>{pathWords(path)}</span> },
        { key: 'before', head: 'Before', wrap: true, cell: ({ before }) => <Value value={before} /> },
        { key: 'after', head: 'After', wrap: true, cell: ({ after }) => <Value value={after} /> },
        { key: 'change', head: 'Change', fit: true, cell: ({ change }) => CHANGE_WORDS[change] },
      ]}
      empty={empty}
    />
  )
}

function Value({ value }: { value: string | null }) {
  return value === null ? (
    <span className="text-ink-3">–</span>
  ) : (
    <span className="whitespace-pre-wrap wrap-anywhere">{value}</span>
  )
}
