import { CircleCheck, CircleX } from 'lucide-react'
import type { MetaFunction } from '@remix-run/node'
import { Form, useLoaderData, useNavigation } from '@remix-run/react'
import { guarded } from '#app/.server/guarded.ts'
import { paths } from '#app/paths.ts'
import { useAnswer } from '#app/routes/_console/use-answer.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { Duration, Time } from '#app/ui/time.tsx'
import { Refusal } from '#server/domain/errors.ts'

const mayVerify = (entityScope: readonly string[]) => entityScope.includes('*')

export const loader = guarded('audit:read', ({ actor }) => ({ mayVerify: mayVerify(actor.entityScope) }))

export const action = guarded('audit:read', async ({ services, actor }) => {
  // Differences name slices of every entity.
  if (!mayVerify(actor.entityScope)) throw new Refusal('outside_entity_scope', 'verifying looks at all entities')
  const began = services.context.now()
  const verified = await services.verify()
  const ended = services.context.now()
  return { verified, endedAt: ended.toISOString(), tookMs: ended.getTime() - began.getTime() }
})

export const meta: MetaFunction = () => [{ title: 'Verify · Finance Control Tower' }]

export default function Verify() {
  const given = useLoaderData<typeof loader>()
  const answer = useAnswer<typeof action>()
  const refusal = useRefusal()
  const isGoing = useNavigation().formAction === paths.auditVerify()
  const done = answer && 'verified' in answer ? answer : null
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Audit', href: paths.audit() }, { label: 'Verify' }]} />}
        title="Verify"
        state="Recomputes what the tower states from the rows it states it about, reads every artifact again, and follows the audit log from its events to what was signed. Changes nothing."
        actions={
          <Form method="post" action={paths.auditVerify()}>
            <Button
              type="submit"
              kind="primary"
              pending={isGoing}
              reasonAlign="end"
              disabledReason={
                given.mayVerify ? null : 'Verifying looks at all entities, and your scope does not hold all of them.'
              }
            >
              {done ? 'Verify again' : 'Verify everything'}
            </Button>
          </Form>
        }
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'This was refused'}>
          {refusal.advice ?? 'Nothing was changed.'}
        </Notice>
      )}
      {isGoing && (
        <Notice kind="info" title="Verifying…">
          Every line is added up and every artifact read: some seconds for a small store, some minutes for tens of millions of
          lines. You may leave this page; nothing is changed either way.
        </Notice>
      )}
      {done && !isGoing && (
        <>
          <Notice
            kind={done.verified.sound ? 'success' : 'broken'}
            title={done.verified.sound ? 'Everything agrees' : 'Something does not agree'}
          >
            {done.verified.sound
              ? 'The rows come to the stated totals, the artifacts are the bytes that came, and the audit log is what was signed.'
              : 'Do not rely on the figures named below. Tell IT, with this page; nothing was changed by looking.'}
          </Notice>
          <DataTable
            caption="What was checked"
            rows={done.verified.checks}
            rowKey={({ name }) => name}
            columns={[
              { key: 'name', head: 'Check', cell: ({ name }) => name.charAt(0).toUpperCase() + name.slice(1) },
              {
                key: 'what',
                head: 'What it recomputes',
                wrap: true,
                cell: ({ name }) => <span className="text-ink-2">{WHAT[name]}</span>,
              },
              {
                key: 'rows',
                head: 'Rows looked at',
                align: 'number',
                cell: ({ rowsChecked }) => rowsChecked.toLocaleString('en'),
              },
              { key: 'result', head: 'Result', fit: true, cell: ({ differences }) => <Result count={differences.length} /> },
            ]}
            empty={null}
            footer={
              <p className="figure-foot">
                <span>
                  Verified <Time at={done.endedAt} seconds showZone />
                </span>
                <span>
                  took <Duration ms={done.tookMs} />
                </span>
              </p>
            }
          />
          {done.verified.checks
            .filter(({ differences }) => differences.length > 0)
            .map(({ name, differences }) => (
              <Section
                key={name}
                title={`What does not agree: ${name}`}
                note={differences.length >= NAMED_MAX ? `The first ${NAMED_MAX}` : undefined}
              >
                <ul className="ms-4 grid list-disc gap-1">
                  {differences.map((difference) => (
                    <li key={difference}>{difference}</li>
                  ))}
                </ul>
              </Section>
            ))}
        </>
      )}
    </>
  )
}

/** A check names no more than so many. */
const NAMED_MAX = 100

const WHAT: Readonly<Record<string, string>> = {
  conservation: 'Of every run: extracted is new, changed, unchanged, duplicate and rejected together, in records and in money.',
  'run totals': 'The totals of every run, from its lines, repeats and rejected records.',
  'published totals': 'The totals as of every publication, from the lines.',
  'line contents': 'Every line, from what was hashed when it was loaded; each belongs to a publication.',
  reconciliations:
    'The parts of every difference, every seal, and the figures of each certification read anew as of what was signed.',
  corrections: 'Every record that was read with a correction, from the row that it became.',
  'waiting records': 'What waits behind open exceptions, from the rejected records themselves.',
  deliveries: 'What targets were told, from the lines and the documents that were sent.',
  artifacts: 'Every artifact is unpacked and its SHA-256 computed again.',
  'audit log': 'Every event against its leaf, every leaf against the tree, the tree against every checkpoint and its signature.',
}

function Result({ count }: { count: number }) {
  if (count === 0) {
    return (
      <span className="inline-flex items-center gap-1.5">
        <CircleCheck className="icon" aria-hidden />
        agrees
      </span>
    )
  }
  return (
    <span className="inline-flex items-center gap-1.5 font-strong text-broken">
      <CircleX className="icon" aria-hidden />
      {count >= NAMED_MAX ? `${NAMED_MAX} differences or more` : counted(count, 'difference')}
    </span>
  )
}
