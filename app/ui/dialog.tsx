import { X } from 'lucide-react'
import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from 'react'
import { Button, ButtonLink } from './button.tsx'
import { useNavigateTo } from './navigation.tsx'

export type DialogProps = {
  title: ReactNode
  children: ReactNode
  /** The buttons, the effective one last. */
  actions?: ReactNode
  size?: 'normal' | 'wide'
} & (
  | {
      /** Opened by the address: works without a script, and closing is going there. */ closeHref: string
      open?: never
      onClose?: never
    }
  | { open: boolean; onClose: () => void; closeHref?: never }
)

/** A native dialog. Rendered open by the server, it turns modal (focus kept inside, Esc closes) once scripts run. */
export function Dialog({ title, children, actions, size = 'normal', open = true, onClose, closeHref }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const navigate = useNavigateTo()
  const close = () => {
    if (onClose) onClose()
    else if (closeHref && navigate) navigate(closeHref)
    else if (closeHref) window.location.assign(closeHref)
  }

  useBeforeRemoval(() => {
    const dialog = ref.current
    if (!dialog) return
    dialog.close()
    if (open) {
      dialog.showModal()
      // Where somebody has to write the hand is there at once.
      dialog.querySelector<HTMLElement>('[data-first]')?.focus()
    }
    return () => dialog.close()
  }, [open])

  return (
    <dialog
      ref={ref}
      className="dialog"
      data-size={size}
      open={closeHref ? true : undefined}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {closeHref ? (
          <ButtonLink href={closeHref} kind="ghost" size="small" icon={X} iconOnly keepScroll>
            Close
          </ButtonLink>
        ) : (
          <Button kind="ghost" size="small" icon={X} iconOnly onClick={close}>
            Close
          </Button>
        )}
      </div>
      <div className="dialog-body">{children}</div>
      {actions && <div className="dialog-foot">{actions}</div>}
    </dialog>
  )
}

// A closing dialog gives the focus back to where it came from, but only while it still stands in the page.
const useBeforeRemoval = typeof document === 'undefined' ? useEffect : useLayoutEffect
