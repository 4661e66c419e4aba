import { useFetcher } from '@remix-run/react'
import { useCallback, useEffect, useRef } from 'react'
import { paths } from '#app/paths.ts'
import { refusalIn } from '#app/routes/_console/use-refusal.ts'
import { useNavigateTo } from '#app/ui/navigation.tsx'
import { showToast } from '#app/ui/toast.tsx'
import type { Did } from './act-form.ts'

/** What was done, if the answer of the action says so. */
export function didIn(answer: unknown): Did | null {
  if (typeof answer !== 'object' || answer === null || !('did' in answer)) return null
  return answer.did as Did
}

type Then = {
  readonly closeHref?: string
  readonly onDone?: () => void
  /** By a toast: where there is no form to say it beside. */
  readonly tellsRefusal?: boolean
}

/**
 * A form of this page that stays where it is. What was done is told by a toast, which takes it back where that can be; a dialog then
 * closes (`closeHref`). Without a script the form is sent as any other, and the page tells of it.
 */
export function useAct(exceptionId: number, { closeHref, onDone, tellsRefusal = false }: Then = {}) {
  const fetcher = useFetcher<unknown>()
  const undo = useUndo(exceptionId)
  const navigate = useNavigateTo()
  const told = useRef<unknown>(null)
  const { data, state } = fetcher
  const refusal = state === 'idle' ? refusalIn(data) : null
  useEffect(() => {
    if (state !== 'idle' || !data || told.current === data) return
    told.current = data
    const did = didIn(data)
    if (!did) {
      if (tellsRefusal) showToast({ text: refusalIn(data)?.message ?? FAILED })
      return
    }
    const takenBack = did.undo
    showToast({ text: did.text, ...(takenBack && { undo: () => undo(takenBack) }) })
    onDone?.()
    if (closeHref) navigate?.(closeHref)
  }, [data, state, undo, navigate, closeHref, onDone, tellsRefusal])
  return { Form: fetcher.Form, refusal, isSending: state !== 'idle', submit: fetcher.submit }
}

const FAILED = 'That failed, and it is our fault. Nothing was changed.'
const keyOfUndo = (exceptionId: number) => `undo of exception ${exceptionId}`

function useUndo(exceptionId: number): (correlationId: string) => void {
  const { submit } = useFetcher<unknown>({ key: keyOfUndo(exceptionId) })
  return useCallback(
    (correlationId) => submit({ act: 'undo', correlationId }, { method: 'post', action: paths.exception(exceptionId) }),
    [submit, exceptionId],
  )
}

/** Once on the page: the form whose act is taken back may be gone by then. */
export function useUndoTold(exceptionId: number): void {
  const { data, state } = useFetcher<unknown>({ key: keyOfUndo(exceptionId) })
  const told = useRef<unknown>(null)
  useEffect(() => {
    if (state !== 'idle' || !data || told.current === data) return
    told.current = data
    showToast({ text: didIn(data)?.text ?? refusalIn(data)?.message ?? FAILED })
  }, [data, state])
}
