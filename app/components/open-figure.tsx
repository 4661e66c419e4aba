import type { ReactNode } from 'react'
import { Link } from '#app/ui/navigation.tsx'

/** The lists that figures open. */
export type ListName =
  | 'exceptions'
  | 'runs'
  | 'feeds'
  | 'waiting records'
  | 'held loads'
  | 'checkpoints'
  | 'published totals'
  | 'changes'
  | 'lines'
  | 'periods'
  | 'reconciliations'
  | 'reconciliations of the close'
  | 'reconciliations not compared'
  | 'late publications'

/**
 * A figure together with the list it opens. Screens render their figures from this, and a test opens every one of them and
 * compares: rows of the list, or the sum of one column of it in one currency.
 */
export type OpenFigure = {
  /** Where it stands, for whoever reads the result of that test. */
  readonly key: string
  /** A count, or decimal text. */
  readonly value: string
  readonly href: string
  readonly opens: {
    readonly list: ListName
    /** rows: how many. Anything else is a column that is added up; larger: the larger of debit and credit, without signs. */
    readonly measure:
      | 'rows'
      | 'amount'
      | 'larger'
      | 'records'
      | 'debit'
      | 'credit'
      | 'net'
      | 'unexplained'
      | CheckpointColumn
      | `difference ${string}`
    readonly currency?: string
  }
}
export type CheckpointColumn = 'extracted' | 'accepted' | 'rejected' | 'loaded' | 'difference'

/** The figure as a link; what a zero would open is empty, so it opens nothing. `worst` marks it for its colour. */
export function Opens({ figure, className = 'link-quiet', title, worst, children }: OpensProps) {
  if (/^-?[0.]*$/.test(figure.value)) return <>{children}</>
  return (
    <Link href={figure.href} className={className} title={title} data-figure={figure.key} data-worst={worst}>
      {children}
    </Link>
  )
}

type OpensProps = {
  figure: OpenFigure
  className?: string
  title?: string | undefined
  worst?: string
  children: ReactNode
}
