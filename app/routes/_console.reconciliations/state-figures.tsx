import type { StateCounts } from '#app/.server/reads.ts'
import { Opens } from '#app/components/open-figure.tsx'
import { RECONCILIATION_LOOK } from '#app/components/reconciliation-badge.tsx'
import type { ReconciliationsSearch } from '#app/paths.ts'
import { groupedCount } from '#app/ui/decimal.ts'
import { stateFigures } from './figures.ts'

/** How many wait for what; each opens its list. */
export function StateFigures({ counts, view }: { counts: StateCounts; view: ReconciliationsSearch }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {stateFigures(counts, view)
        .filter(({ state }) => counts[state] > 0)
        .map((figure) => (
          <li key={figure.state}>
            <Opens figure={figure}>
              {groupedCount(counts[figure.state])} {RECONCILIATION_LOOK[figure.state].label.toLowerCase()}
            </Opens>
          </li>
        ))}
    </ul>
  )
}
