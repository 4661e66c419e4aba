import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { Form, useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readForm, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readReplayEstimate } from '#app/.server/reads.ts'
import { AskedFields, askedOf } from '#app/.server/replay-search.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { Intent, Refused, useIsSending } from '#app/routes/_console/dialog-parts.tsx'
import { askedWords } from '#app/routes/_console/replay-words.tsx'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { EstimateTables } from './estimate-tables.tsx'

export const loader = guarded('runs:read', async ({ url, services: { context }, actor, scope }) => {
  // The scope bar narrows a selection as it narrows a list.
  const { entity, period, version } = scope
  const fields = { ...readSearch(url, AskedFields), entity, period, version }
  const request = askedOf(fields)
  const view = await readReplayEstimate(context.db, { ...request, actor }, context.now())
  return {
    ...view,
    ...request,
    fields: textsOf(fields),
    reason: againstRole(actor, 'rehearseReplay'),
    key: randomUUID(),
    scope: scopeOf(scope),
    asOfPublication: scope.publication,
  }
})

/** What an address or a form says, as it says it. */
const textsOf = (fields: Readonly<Record<string, unknown>>): Record<string, string> => {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(said.map(([name, value]): [string, string] => [name, String(value)]))
}

export const action = guarded('runs:read', async ({ request, services, actor, scope }) => {
  const {
    idempotencyKey,
    intent: _,
    ...fields
  } = await readForm(request, AskedFields.extend({ idempotencyKey: z.uuid(), intent: z.literal('rehearse') }))
  const made = await services.rehearseReplay({ ...askedOf(fields), actor, idempotencyKey })
  return redirect(paths.replay(made.bulkReplayId, scopeOf(scope)))
})

export const meta: MetaFunction = () => [{ title: 'Replay records · Finance Control Tower' }]

export default function NewReplay() {
  const screen = useLoaderData<typeof loader>()
  const { estimate, asked, fields, rules, intoClosed, reason, scope, asOfPublication, computedAt } = screen
  const refusal = useRefusal()
  const isSending = useIsSending()
  const judged = estimate?.parts.filter(({ excluded }) => excluded === null).reduce((n, { count }) => n + count, 0) ?? 0
  const { rules: _, closed: __, publications, job, from, to, ...kept } = fields
  return (
    <>
      <PageHeader
        breadcrumb={<Breadcrumb crumbs={[{ label: 'Replays', href: paths.replays(scope) }, { label: 'What it would touch' }]} />}
        title="Replay records that wait"
        state={stateOf(estimate, judged, askedWords(asked))}
        actions={
          estimate &&
          estimate.records > 0 && (
            <Form method="post">
              {Object.entries(fields).map(([name, value]) => (
                <input key={name} type="hidden" name={name} value={value} />
              ))}
              <Intent screen={screen} intent="rehearse" />
              <Button
                type="submit"
                kind="primary"
                pending={isSending}
                disabledReason={reason ?? (judged === 0 ? 'None of them may be judged again: the table says why.' : null)}
                reasonAlign="end"
              >
                {`Rehearse ${counted(judged, 'record')}`}
              </Button>
            </Form>
          )
        }
      />
      <Refused refusal={refusal} />
      <FilterBar
        action={paths.replayNew()}
        keep={{ ...kept, asOf: scope.asOf?.toString() }}
        filters={[
          {
            kind: 'select',
            name: 'rules',
            label: 'Judged by',
            value: rules === 'original' ? 'original' : '',
            options: [
              { value: '', label: 'the rules as they stand' },
              { value: 'original', label: 'the rules of then' },
            ],
          },
          {
            kind: 'select',
            name: 'closed',
            label: 'Closed periods',
            value: intoClosed ? 'ask' : '',
            options: [
              { value: '', label: 'left alone' },
              { value: 'ask', label: 'with an approved override' },
            ],
          },
          {
            kind: 'select',
            name: 'publications',
            label: 'Look at what is published',
            value: publications ?? '',
            options: [
              { value: '', label: 'no' },
              ...[1, 3, 10].map((n) => ({ value: `${n}`, label: `last ${counted(n, 'publication')}` })),
            ],
          },
          { kind: 'text', name: 'job', label: 'Job', value: job ?? '', placeholder: 'ledger-postings' },
          { kind: 'date', name: 'from', label: 'Runs from', value: from ?? '' },
          { kind: 'date', name: 'to', label: 'Runs to', value: to ?? '' },
        ]}
      />
      {estimate && estimate.records > 0 ? (
        <>
          <EstimateTables estimate={estimate} />
          <FigureFooter
            asOfPublication={asOfPublication || null}
            computedAt={computedAt}
            rows={estimate.records}
            rowsAre="records"
          />
        </>
      ) : (
        <EmptyState
          title={estimate ? 'No record waits here' : 'Which records?'}
          actions={<ButtonLink href={paths.exceptions(scope)}>See the exceptions</ButtonLink>}
        >
          {estimate
            ? 'Every record of this selection passed, was judged again by a later run, or is of an exception that somebody ended.'
            : 'Choose an entity, a period or days above, or begin from an exception or a run.'}
        </EmptyState>
      )}
    </>
  )
}

function stateOf(estimate: { records: number } | null, judged: number, what: string): string {
  if (!estimate) return 'Nothing says yet which records.'
  if (estimate.records === 0) return `No record waits: ${what}.`
  return `${counted(estimate.records, 'record')} of ${what}: ${judged.toLocaleString('en')} would be judged again. Nothing is done yet.`
}
