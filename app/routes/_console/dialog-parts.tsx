import { useNavigation } from '@remix-run/react'
import { useState } from 'react'
import type { ErrorAnswer } from '#app/ui/error-answer.ts'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'

/** What a dialog of a screen is given: the screen, whose key makes asking twice the same as asking once, and the last refusal. */
export type DialogPart<Screen extends Keyed> = {
  screen: Screen
  refusal: (ErrorAnswer & { readonly fields?: Readonly<Record<string, string>> }) | null
}

type Keyed = { readonly key: string }
type Answered = Pick<DialogPart<Keyed>, 'refusal'>

export const useIsSending = () => useNavigation().formMethod === 'POST'

/** What is asked, and the key that makes asking twice the same as asking once. Kept while the dialog is open. */
export function Intent({ screen, intent }: { screen: Keyed; intent: string }) {
  const [key] = useState(screen.key)
  return <PageIntent screen={{ key }} intent={intent} />
}

/** The same of a form that stays on the page: with each answer another key, so that pressing the next one is another request. */
export function PageIntent({ screen, intent }: { screen: Keyed; intent: string }) {
  return (
    <>
      <input type="hidden" name="intent" value={intent} />
      <input type="hidden" name="idempotencyKey" value={screen.key} autoComplete="off" />
    </>
  )
}

export function ReasonField({ refusal, hint = 'Kept in the audit log beside your name.' }: Answered & { hint?: string }) {
  return (
    <Textarea label="Reason" name="reason" required minLength={5} maxLength={1000} error={refusal?.fields?.reason} hint={hint} />
  )
}

export function Refused({ refusal }: Answered) {
  if (!refusal || refusal.fields?.reason) return null
  return (
    <Notice kind="broken" title={refusal.message ?? 'This failed, and it is our fault. Nothing was changed'}>
      {refusal.advice}
      {refusal.errorId && <span className="mono"> {refusal.errorId}</span>}
    </Notice>
  )
}
