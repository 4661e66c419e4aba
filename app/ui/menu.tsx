import type { ReactNode } from 'react'
import { useId } from 'react'

// React 18 passes these through but has no types for them. Native popovers open, close on Esc and on a click
// outside without any script.
const popover = { popover: 'auto' } as object
const opens = (id: string) => ({ popovertarget: id }) as object

export type MenuProps = { label: string; trigger: ReactNode; children: ReactNode }

/** A small panel at the top right: for the person's own menu. */
export function Menu({ label, trigger, children }: MenuProps) {
  const id = `menu${useId().replaceAll(':', '')}`
  return (
    <>
      <button type="button" className="user-button" aria-label={label} aria-haspopup="true" {...opens(id)}>
        {trigger}
      </button>
      <section id={id} className="menu" aria-label={label} {...popover}>
        {children}
      </section>
    </>
  )
}
