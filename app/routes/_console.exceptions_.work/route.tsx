import type { HeadersFunction, MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react'
import { z } from 'zod'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { readUpload } from '#app/.server/upload.ts'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FileDrop } from '#app/ui/file-drop.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'

export const loader = guarded('exceptions:read', ({ actor, scope }) => ({
  scope: scopeOf(scope),
  reason: againstRole(actor, 'assignException'),
}))

export const action = guarded('exceptions:read', ({ request, services, actor, context }) =>
  readUpload(request, z.object({}), async ({ name, bytes }) => ({
    name,
    results: await services.applyWorkSheet({ bytes, secret: context.sessionSecret, actor }),
  })),
)

export const headers: HeadersFunction = () => ({ 'Cache-Control': 'no-store' })
export const meta: MetaFunction = () => [{ title: 'Bring a sheet back · Finance Control Tower' }]

export default function WorkSheet() {
  const { scope, reason } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const refusal = useRefusal()
  const isSending = useNavigation().formMethod === 'POST'
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Exceptions', href: paths.exceptions(scope) }, { label: 'Bring a sheet back' }]} />
        }
        title="Bring a sheet back"
        state="“Take along to Excel” on the list makes the sheet. Write into its yellow columns and give it here: each row is done in your name, or says why not."
      />
      {refusal && (
        <Notice kind="broken" title={refusal.message ?? 'The sheet was not taken, and it is our fault'}>
          {refusal.advice ?? 'Nothing was changed.'} {refusal.errorId && <span className="mono">{refusal.errorId}</span>}
        </Notice>
      )}
      <Form method="post" encType="multipart/form-data" className="grid max-w-[640px] gap-4">
        <FileDrop name="file" label="Sheet" accept=".xlsx" required takes="XLSX, at most 5,000 rows" />
        <div>
          <Button type="submit" kind="primary" pending={isSending} disabledReason={reason}>
            Carry out what it says
          </Button>
        </div>
      </Form>
      {answer && 'results' in answer && <Results name={answer.name} results={answer.results} />}
    </>
  )
}

type Result = {
  readonly row: number
  readonly exceptionId: number | null
  readonly outcome: 'done' | 'nothing' | 'refused'
  readonly words: string
}

const OUTCOMES = {
  done: { tone: 'fine', word: 'Done' },
  nothing: { tone: 'past', word: 'As it was' },
  refused: { tone: 'attention', word: 'Refused' },
} as const

function Results({ name, results }: { name: string; results: readonly Result[] }) {
  const count = (outcome: Result['outcome']) => results.filter((result) => result.outcome === outcome).length
  return (
    <Section
      title={`${name}: ${counted(count('done'), 'row')} done, ${count('refused')} refused, ${count('nothing')} as they were`}
    >
      <DataTable
        caption="What became of each row"
        rows={results}
        rowKey={({ row }) => `${row}`}
        columns={[
          { key: 'row', head: 'Row', fit: true, cell: ({ row }) => row },
          {
            key: 'outcome',
            head: 'Outcome',
            fit: true,
            cell: ({ outcome }) => <Badge tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].word}</Badge>,
          },
          {
            key: 'exception',
            head: 'Exception',
            fit: true,
            cell: ({ exceptionId }) =>
              exceptionId === null ? (
                'not known'
              ) : (
                <Link href={paths.exception(exceptionId)} className="link">
                  {exceptionId}
                </Link>
              ),
          },
          { key: 'words', head: 'What happened', wrap: true, cell: ({ words }) => words },
        ]}
        empty={<EmptyState title="The sheet has no rows">Take a new one along from the list.</EmptyState>}
      />
    </Section>
  )
}
