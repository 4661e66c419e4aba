import { randomUUID } from 'node:crypto'
import { redirect, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { Key, readForm, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readCorrectionDraft } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { keepWritten } from '#app/routes/_console/keep-written.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { LINE_FIELDS } from '#server/domain/job.ts'
import { AskForText } from './ask-for-text.tsx'
import { ConfirmCorrection } from './confirm-correction.tsx'
import { RecordAsReceived } from './record-as-received.tsx'

const Text = z.string().max(500, 'Write at most 500 characters')
const Search = z.object({ record: Key, field: z.enum(LINE_FIELDS).optional(), value: Text.optional() })
const CorrectionForm = z.object({
  intent: z.literal('propose'),
  idempotencyKey: z.uuid(),
  field: z.enum(LINE_FIELDS),
  // What a source left empty comes back as no text at all.
  found: z.string().default(''),
  corrected: Text,
  reason: z
    .string({ error: 'Say why: this is kept for ever' })
    .min(5, 'Say why in at least 5 characters')
    .max(1_000, 'Say it in at most 1,000 characters'),
})

export const loader = guarded('exceptions:read', async ({ url, services: { context }, actor, scope }) => {
  const { record: rejectedId, field, value } = readSearch(url, Search)
  const draft = await readCorrectionDraft(context.db, { rejectedId, field, corrected: value, actor })
  return {
    ...draft,
    chosen: { field: field ?? null, value: value ?? null },
    reason: againstRole(actor, 'proposeCorrection'),
    scope: scopeOf(scope),
    // Minted with the page: pressing twice carries the same one, and the second does nothing.
    key: randomUUID(),
  }
})

export const action = guarded('exceptions:read', async ({ request, url, services, actor, scope }) => {
  const { record: rejectedId } = readSearch(url, Search)
  const { intent: _, ...form } = await readForm(request, CorrectionForm)
  const { correctionId } = await services.proposeCorrection({ rejectedId, actor, ...form })
  return redirect(paths.correction(correctionId, scopeOf(scope)))
})

export const clientAction = keepWritten

export const meta: MetaFunction = () => [{ title: 'Correct a record · Finance Control Tower' }]

export default function CorrectRecord() {
  const screen = useLoaderData<typeof loader>()
  const { record, problem, asked, scope, reason } = screen
  const refusal = useRefusal()
  const [exceptionId] = record.exceptionIds
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb
            crumbs={[
              exceptionId === undefined
                ? { label: `Rejected records of run ${record.runId}`, href: paths.runRejected(record.runId, scope) }
                : { label: `Exception ${exceptionId}`, href: paths.exception(exceptionId, scope) },
              { label: 'Correct a record' },
            ]}
          />
        }
        title={record.sourceKey === '' ? 'A record without a key' : <span className="mono text-title">{record.sourceKey}</span>}
        state="Say what a field of this record is to be read as. The file stays as it came; the record is judged by the ordinary rules when it is read again."
      />
      {reason && <Notice kind="info" title={reason} />}
      {problem !== null && (
        <Notice kind="attention" title="Nothing of this record can be corrected">
          {problem}
        </Notice>
      )}
      <RecordAsReceived screen={screen} />
      {problem === null && <AskForText screen={screen} />}
      {asked && <ConfirmCorrection key={`${asked.field} ${asked.corrected}`} screen={screen} refusal={refusal} />}
    </>
  )
}
