import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'

export type ErrorStateProps = {
  /** What failed. */
  title: ReactNode
  /** Whether the data is safe. */
  safety: ReactNode
  /** What to do. */
  advice: ReactNode
  /** What to quote when asking for help. */
  errorId?: string | null | undefined
  actions?: ReactNode
  /** As the heading of a page of its own. */
  asPage?: boolean
}

export function ErrorState({ title, safety, advice, errorId, actions, asPage = false }: ErrorStateProps) {
  const Heading = asPage ? 'h1' : 'p'
  return (
    <div className="state error-state" role="alert">
      <Heading className={asPage ? undefined : 'state-title'}>{title}</Heading>
      <div className="state-text">
        <p>{safety}</p>
        <p>{advice}</p>
      </div>
      {errorId && (
        <p className="mt-3 flex items-center gap-2 text-ink-3">
          Quote this id when you ask for help: <span className="mono text-ink">{errorId}</span>
          <CopyButton text={errorId} label="Copy id" iconOnly />
        </p>
      )}
      {actions && <div className="state-actions">{actions}</div>}
    </div>
  )
}
