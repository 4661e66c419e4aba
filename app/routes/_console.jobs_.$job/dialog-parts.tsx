import { useState } from 'react'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import type { Screen } from './screen.ts'

export type DialogPart = { screen: Screen; refusal: ReturnType<typeof useRefusal> }

/** What is asked, and the key that makes asking twice the same as asking once. Kept while the dialog is open. */
export function Intent({ screen, intent }: { screen: Screen; intent: string }) {
  const [key] = useState(screen.key)
  return (
    <>
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
    </>
  )
}

export function ReasonField({ refusal }: Pick<DialogPart, 'refusal'>) {
  return (
    <Textarea
      label="Reason"
      name="reason"
      required
      minLength={5}
      maxLength={1000}
      error={refusal?.fields?.reason}
      hint="Kept in the audit log beside your name."
    />
  )
}

export function Refused({ refusal }: Pick<DialogPart, 'refusal'>) {
  if (!refusal || refusal.fields?.reason) return null
  return (
    <Notice kind="broken" title={refusal.message ?? 'This failed, and it is our fault. Nothing was changed'}>
      {refusal.advice}
      {refusal.errorId && <span className="mono"> {refusal.errorId}</span>}
    </Notice>
  )
}
