import type { Certainty } from '#server/domain/certainty.ts'
import { CertaintyMark } from './certainty-mark.tsx'
import { PeriodLabel } from './period-label.tsx'

/** The period of a row of figures, and below it whether anybody answers for them. */
export function MarkedPeriod({ period, certainty }: { period: string; certainty: Certainty }) {
  return (
    <span className="grid">
      {period ? <PeriodLabel period={period} /> : <span className="text-ink-3">none</span>}
      <CertaintyMark certainty={certainty} />
    </span>
  )
}
