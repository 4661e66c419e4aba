import { Form, useNavigation } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { CHANGES_MAX } from '#server/domain/mapping/change-list.ts'
import type { DialogPart } from './screen.ts'

/** Many drafts at once, pasted from a sheet or a file. */
export function ListDialog({ view: { system, scope, reasons }, refusal }: DialogPart) {
  const closeHref = paths.mapping(system.system, scope)
  const isSending = useNavigation().formMethod === 'POST'
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        size="wide"
        title="Propose a list"
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reasons.propose} reasonAlign="end">
              Propose these for approval
            </Button>
          </>
        }
      >
        {refusal && !refusal.fields && (
          <Notice kind="broken" title={refusal.message ?? 'It was not taken, and it is our fault'} />
        )}
        <p>
          One mapping a row: dimension, source code, canonical code, from, to. CSV, cells copied from a sheet, or an export of
          this screen, at most {counted(CHANGES_MAX, 'row')}. A row without a canonical code ends the mapping of its code. What
          stands as it is already is left alone.
        </p>
        <input type="hidden" name="intent" value="list" />
        <Textarea
          label="List"
          name="list"
          required
          rows={10}
          className="mono"
          error={refusal?.fields?.list}
          placeholder={'dimension,source_code,canonical_code,effective_from,effective_to\ncost_centre,4711,4200,2026-10-01,'}
        />
        <Textarea label="Reason" name="reason" required minLength={5} maxLength={1000} error={refusal?.fields?.reason} />
      </Dialog>
    </Form>
  )
}

type Listed = {
  readonly proposed: readonly number[]
  readonly refused: readonly { readonly row: number; readonly code: string; readonly why: string }[]
}

/** What became of each row. */
export function ListedNotice({ listed: { proposed, refused } }: { listed: Listed }) {
  const rows = proposed.length + refused.length
  return (
    <>
      <Notice
        kind={refused.length > 0 ? 'attention' : 'success'}
        title={`${counted(rows, 'row')}: ${proposed.length.toLocaleString('en')} proposed, ${refused.length.toLocaleString('en')} not`}
      >
        {proposed.length > 0 && 'The proposals wait for somebody else to approve them.'}
      </Notice>
      {refused.length > 0 && (
        <DataTable
          caption="Rows that were not proposed"
          captionShown
          rows={refused}
          rowKey={({ row }) => `${row}`}
          columns={[
            { key: 'row', head: 'Row', fit: true, cell: ({ row }) => row },
            { key: 'code', head: 'Code', fit: true, cell: ({ code }) => <span className="mono">{code}</span> },
            { key: 'why', head: 'Why not', wrap: true, cell: ({ why }) => why },
          ]}
          empty={null}
        />
      )}
    </>
  )
}
