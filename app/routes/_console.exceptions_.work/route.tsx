import { redirect, type HeadersFunction, type MetaFunction } from '@remix-run/node'
import { Form, useLoaderData, useNavigation } from '@remix-run/react'
import { z } from 'zod'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { readUpload } from '#app/.server/upload.ts'
import { paths } from '#app/paths.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button } from '#app/ui/button.tsx'
import { FileDrop } from '#app/ui/file-drop.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'

export const loader = guarded('exceptions:read', ({ actor, scope }) => ({
  scope: scopeOf(scope),
  reason: againstRole(actor, 'bringWorkSheet'),
}))

export const action = guarded('exceptions:read', ({ request, services, actor, context, scope }) =>
  readUpload(request, z.object({}), async ({ name, bytes }) => {
    const { sheetId } = await services.bringWorkSheet({ name, bytes, secret: context.sessionSecret, actor })
    return redirect(paths.sheet(sheetId, scopeOf(scope)), { status: 303 })
  }),
)

export const headers: HeadersFunction = () => ({ 'Cache-Control': 'no-store' })
export const meta: MetaFunction = () => [{ title: 'Bring a sheet back · Finance Control Tower' }]

export default function BringSheet() {
  const { scope, reason } = useLoaderData<typeof loader>()
  const refusal = useRefusal()
  const isSending = useNavigation().formMethod === 'POST'
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Exceptions', href: paths.exceptions(scope) }, { label: 'Bring a sheet back' }]} />
        }
        title="Bring a sheet back"
        state="“Take along to Excel” on the list makes the sheet. Write into its yellow columns and give it here: you see what each row would do before anything is done."
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
            Show what it would do
          </Button>
        </div>
      </Form>
    </>
  )
}
