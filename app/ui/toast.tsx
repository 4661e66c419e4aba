import { Undo2, X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Button } from './button.tsx'

export type ToastText = {
  /** What was done: 'View “Held runs” removed.' */
  readonly text: string
  /** Takes it back. Only for what can be taken back. */
  readonly undo?: () => void
}
type Toast = ToastText & { readonly id: number }

/** Long enough to read; with something to take back, long enough to think. */
const SHOWN_MS = { plain: 5_000, undo: 10_000 }
const TOASTS_MAX = 3

let shown: readonly Toast[] = []
let count = 0
const listeners = new Set<() => void>()
const NONE: readonly Toast[] = []

function show(next: readonly Toast[]): void {
  shown = next
  for (const listener of listeners) listener()
}

/** From an event or an effect. What was done is also where it was done: a toast is never the only place. */
export const showToast = (toast: ToastText): void => show([...shown, { ...toast, id: ++count }].slice(-TOASTS_MAX))

const dismiss = (id: number): void => show(shown.filter((toast) => toast.id !== id))

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Once, in the frame. The region stands there from the start, so that what comes into it is read out. */
export function Toasts() {
  const toasts = useSyncExternalStore(
    subscribe,
    () => shown,
    () => NONE,
  )
  return (
    <div className="toasts" role="status">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastLine({ toast: { id, text, undo } }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    // Whoever reads or reaches for it decides how long it stays.
    if (isHeld) return
    const timer = setTimeout(() => dismiss(id), undo ? SHOWN_MS.undo : SHOWN_MS.plain)
    return () => clearTimeout(timer)
  }, [id, undo, isHeld])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it; its buttons are what is pressed
    <div
      className="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{text}</span>
      {undo && (
        <Button
          size="small"
          kind="ghost"
          icon={Undo2}
          onClick={() => {
            dismiss(id)
            undo()
          }}
        >
          Undo
        </Button>
      )}
      <Button size="small" kind="ghost" icon={X} iconOnly onClick={() => dismiss(id)}>
        Dismiss
      </Button>
    </div>
  )
}
