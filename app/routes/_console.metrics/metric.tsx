import type { ReactNode } from 'react'
import { Opens, type OpenFigure } from '#app/components/open-figure.tsx'
import { groupedCount } from '#app/ui/decimal.ts'
import type { Scope } from '#app/paths.ts'
import type { MetricsView } from '#app/.server/reads.ts'

export type MetricProps = { view: MetricsView; scope: Scope }

/** A metric: its picture or table, and in words what is counted and how. */
export function Metric({ children, definition }: { children: ReactNode; definition: ReactNode }) {
  return (
    <div className="metric">
      {children}
      <p className="metric-definition">{definition}</p>
    </div>
  )
}

/** A count that opens its rows; zero is a dash and opens nothing. */
export function CountOf({ figure }: { figure: OpenFigure }) {
  return (
    <Opens figure={figure}>
      <span className={figure.value === '0' ? 'text-ink-3' : undefined}>
        {figure.value === '0' ? '–' : groupedCount(BigInt(figure.value))}
      </span>
    </Opens>
  )
}
