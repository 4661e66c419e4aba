import { randomUUID } from 'node:crypto'
import { redirect, type HeadersFunction, type MetaFunction } from '@remix-run/node'
import { Form, useLoaderData, useNavigation } from '@remix-run/react'
import { useState } from 'react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { inTurn } from '#app/.server/turns.ts'
import { readUpload } from '#app/.server/upload.ts'
import { paths } from '#app/paths.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { byteWords } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Select } from '#app/ui/field.tsx'
import { FileDrop } from '#app/ui/file-drop.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { mayDo } from '#server/domain/actor.ts'
import { readFileJobs } from '#app/.server/reads.ts'

const Search = z.object({ job: z.string().max(64).optional() })
const UploadForm = z.object({
  job: z.string({ error: 'Choose the job that knows this file' }).max(64),
  idempotencyKey: z.string().regex(/^[\w-]{36,48}$/),
})

export const loader = guarded('jobs:read', async ({ url, services, actor, scope }) => {
  const { job } = readSearch(url, Search)
  const jobs = await readFileJobs(services.context.db, actor.entityScope)
  const reason = mayDo(actor, 'loadFile') ? null : `Your role, ${ROLE_WORDS[actor.role]}, does not load files.`
  return { jobs, job, reason, scope: scopeOf(scope), key: randomUUID() }
})

export const action = guarded('jobs:read', ({ request, services, actor, scope }) =>
  readUpload(request, UploadForm, async ({ fields, name, bytes }) => {
    const { runId } = await inTurn(() => services.loadFile({ ...fields, name, bytes, actor }))
    return redirect(paths.run(runId, scopeOf(scope)), { status: 303 })
  }),
)

// Going back to this page must bring a new key: with the old one a corrected file would be taken for the first.
export const headers: HeadersFunction = () => ({ 'Cache-Control': 'no-store' })
export const meta: MetaFunction = () => [{ title: 'Load a file · Finance Control Tower' }]

export default function UploadFile() {
  const { jobs, job, reason, scope, key } = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const isSending = useNavigation().formMethod === 'POST'
  // Another file is another request, so it gets another key.
  const [choices, setChoices] = useState(0)
  return (
    <>
      <PageHeader
        title="Load a file"
        state="The bytes are kept as they are. Every record is judged and every total proved before anything is published."
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'The file was not taken, and it is our fault'}>
          {refusal.advice ?? 'Nothing was loaded.'} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      {jobs.length === 0 ? (
        <EmptyState
          title="No job reads files"
          actions={<ButtonLink href={paths.jobs({ ...scope, do: 'import' })}>Import a job</ButtonLink>}
        >
          A job says what a file holds, how its columns map and what is checked.
        </EmptyState>
      ) : (
        <Form method="post" encType="multipart/form-data" className="grid max-w-[640px] gap-4">
          {/* The fields stand before the file: it is read while it arrives. */}
          <input type="hidden" name="idempotencyKey" value={`${key}-${choices}`} autoComplete="off" />
          <Select
            label="Job"
            name="job"
            required
            defaultValue={job ?? ''}
            error={refusal?.fields?.job}
            hint="The job says how the file is read, mapped and checked."
            options={[
              { value: '', label: 'Choose the job that knows this file', disabled: true },
              ...jobs.map(({ name, title, format, maxBytes }) => ({
                value: name,
                label: `${name} · ${title} (${format.toUpperCase()}, up to ${byteWords(maxBytes)})`,
              })),
            ]}
          />
          <FileDrop
            label="File"
            name="file"
            required
            takes="In the format of the job. The same bytes again load nothing twice."
            onChange={() => setChoices((count) => count + 1)}
          />
          <div>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reason}>
              {isSending ? 'Sending the file' : 'Load this file'}
            </Button>
          </div>
        </Form>
      )}
    </>
  )
}
