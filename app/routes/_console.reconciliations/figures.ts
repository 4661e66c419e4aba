import type { StateCounts } from '#app/.server/reads.ts'
import type { OpenFigure } from '#app/components/open-figure.tsx'
import { paths, type ReconciliationsSearch } from '#app/paths.ts'

const SHOWN = [
  'breaks',
  'ready',
  'prepared',
  'superseded',
  'overdue',
  'evidence_missing',
] as const satisfies readonly (keyof StateCounts)[]

/** How many wait for what, and the list of them. */
export const stateFigures = (
  counts: StateCounts,
  view: ReconciliationsSearch,
): (OpenFigure & { readonly state: (typeof SHOWN)[number] })[] =>
  SHOWN.map((state) => ({
    state,
    key: `reconciliations ${state}`,
    value: `${counts[state]}`,
    href: paths.reconciliations({ ...view, state }),
    opens: { list: 'reconciliations', measure: 'rows' },
  }))
