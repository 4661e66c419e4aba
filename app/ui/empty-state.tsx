import type { ReactNode } from 'react'

export type EmptyStateProps = {
  title: ReactNode
  /** Why it is empty. */
  children?: ReactNode
  /** What next. */
  actions?: ReactNode
}

export function EmptyState({ title, children, actions }: EmptyStateProps) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children && <div className="state-text">{children}</div>}
      {actions && <div className="state-actions">{actions}</div>}
    </div>
  )
}
