import type { ReactNode } from 'react'

export type PageHeaderProps = {
  title: ReactNode
  /** One sentence: how things stand. */
  state?: ReactNode
  /** Beside the title: a status badge. */
  badge?: ReactNode
  actions?: ReactNode
  breadcrumb?: ReactNode
}

export function PageHeader({ title, state, badge, actions, breadcrumb }: PageHeaderProps) {
  return (
    <header className="grid gap-1">
      {breadcrumb}
      <div className="page-header">
        <div>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1>{title}</h1>
            {badge}
          </div>
          {state && <p className="page-state">{state}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
    </header>
  )
}

/** A part of a page, with its own heading. No card, no frame. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  title: ReactNode
  note?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="grid gap-2 min-w-0">
      <div className="flex items-baseline justify-between gap-4">
        <div className="flex flex-wrap items-baseline gap-x-3">
          <h2>{title}</h2>
          {note && <p className="text-ink-3">{note}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  )
}
