import { ChevronDown, type LucideIcon } from 'lucide-react'
import { useEffect, useId, useRef, type ReactNode } from 'react'

// React 18 passes these through but has no types for them. Native popovers open, close on Esc and on a click outside without
// any script; the script only puts the panel under its button.
const popover = { popover: 'auto' } as object
const opens = (id: string) => ({ popovertarget: id }) as object

export type PopoverProps = {
  label: ReactNode
  /** Where the label alone does not say what the panel is. */
  panelLabel: string
  icon?: LucideIcon
  kind?: 'secondary' | 'ghost'
  children: ReactNode
}

const GAP = 4
const EDGE = 8

/** A button and a small panel under it. A link or a sent form inside closes it. */
export function Popover({ label, panelLabel, icon: Icon, kind = 'secondary', children }: PopoverProps) {
  const id = `popover${useId().replaceAll(':', '')}`
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = panel.current
    const place = (event: Event) => {
      if ((event as ToggleEvent).newState !== 'open' || !element || !button.current) return
      const { top, bottom, left } = button.current.getBoundingClientRect()
      const furthest = window.innerWidth - element.offsetWidth - EDGE
      const fitsBelow = bottom + GAP + element.offsetHeight <= window.innerHeight - EDGE
      const from = fitsBelow ? bottom + GAP : Math.max(EDGE, top - GAP - element.offsetHeight)
      element.style.inset = `${from}px auto auto ${Math.max(EDGE, Math.min(left, furthest))}px`
    }
    const close = (event: Event) => {
      if (event.type === 'submit' || (event.target as Element).closest('a')) element?.hidePopover()
    }
    element?.addEventListener('toggle', place)
    element?.addEventListener('click', close)
    element?.addEventListener('submit', close)
    return () => {
      element?.removeEventListener('toggle', place)
      element?.removeEventListener('click', close)
      element?.removeEventListener('submit', close)
    }
  }, [])
  return (
    <>
      <button
        ref={button}
        type="button"
        className="button"
        data-kind={kind}
        aria-haspopup="true"
        aria-controls={id}
        {...opens(id)}
      >
        {Icon && <Icon className="icon" aria-hidden />}
        {label}
        <ChevronDown className="icon" aria-hidden />
      </button>
      <section ref={panel} id={id} className="popover" aria-label={panelLabel} {...popover}>
        {children}
      </section>
    </>
  )
}
