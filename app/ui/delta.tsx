import type { ReactNode } from 'react'
import { Figure } from './figure.tsx'

export type DeltaProps = {
  /** Decimal text, or null for missing. */
  value: string | null
  /** What minus what: 'target − source'. */
  of: ReactNode
  inline?: boolean
  alignTo?: number
  /** Shows what minus what beside the figure; otherwise it is on hover and for the ear, and the column head must say it. */
  showOf?: boolean
}

/** A difference keeps its sign and says what was taken from what. */
export function Delta({ value, of, inline = false, alignTo = 0, showOf = false }: DeltaProps) {
  return (
    <span title={typeof of === 'string' ? of : undefined}>
      <Figure value={value} signed inline={inline} alignTo={alignTo} />
      <span className={showOf ? 'meta ms-1' : 'visually-hidden'}> {of}</span>
    </span>
  )
}
