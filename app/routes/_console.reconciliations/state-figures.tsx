import type { StateCounts } from '#app/.server/reads.ts'
import { RECONCILIATION_LOOK } from '#app/components/reconciliation-badge.tsx'
import { paths, type ReconciliationsSearch } from '#app/paths.ts'
import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'

const SHOWN = ['breaks', 'ready', 'prepared', 'superseded', 'overdue'] as const satisfies readonly (keyof StateCounts)[]

/** How many wait for what; each opens its list. */
export function StateFigures({ counts, view }: { counts: StateCounts; view: ReconciliationsSearch }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {SHOWN.filter((state) => counts[state] > 0).map((state) => (
        <li key={state}>
          <Link href={paths.reconciliations({ ...view, state })} className="link-quiet" data-figure={`reconciliations ${state}`}>
            {groupedCount(counts[state])} {RECONCILIATION_LOOK[state].label.toLowerCase()}
          </Link>
        </li>
      ))}
    </ul>
  )
}
