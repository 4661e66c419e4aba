import type { TotalsView } from '#app/.server/reads.ts'
import type { PivotGroup } from '#server/domain/pivot.ts'

/** Slices on one page: what a person reads, and what a browser draws at once. */
const PAGE_SLICES = 150
/** Rows below groups that are open by themselves. */
const OPEN_ROWS_MAX = 60
/** And where all are asked for: 500 of them took 0.3 s to render. */
const ALL_ROWS_MAX = 120

export type ShownPart = {
  readonly totals: TotalsView
  /** How many slices there are in all. */
  readonly count: number
  readonly hasMore: boolean
  /** Codes of groups that have rows, and of those that are open. */
  readonly foldable: readonly string[]
  readonly opened: readonly string[]
}

/** Of the whole view what one page shows: folded groups and other pages are not sent. */
export function shownPart(totals: TotalsView, { open, page }: { open?: string | undefined; page: number }): ShownPart {
  const count = totals.slices.length
  const plain = { count, hasMore: false, foldable: [], opened: [] }
  if (totals.view === 'periods') return { ...plain, totals: { ...totals, slices: [] } }
  if (totals.view === 'pivot') {
    const { groups } = totals.pivot
    const opened = openedOf(groups, open)
    const shown = groups.map((group) => (opened.includes(group.code) ? group : { ...group, rows: [] }))
    const foldable = groups.filter(({ rows }) => rows.length > 0).map(({ code }) => code)
    return { ...plain, foldable, opened, totals: { ...totals, slices: [], pivot: { ...totals.pivot, groups: shown } } }
  }
  const [from, to] = [(page - 1) * PAGE_SLICES, page * PAGE_SLICES]
  // Each view has slices of its own; a part of them is of the same kind.
  return { ...plain, hasMore: to < count, totals: { ...totals, slices: totals.slices.slice(from, to) } as TotalsView }
}

/** As the address says, and of all as many as are drawn at once; otherwise what matters: groups that do not tie, as many as can be read, or all of a short table. */
function openedOf(groups: readonly PivotGroup[], open: string | undefined): string[] {
  const all = groups.map(({ code }) => code)
  if (open === 'none') return []
  if (open !== undefined && open !== 'all') return all.filter((code) => open.split(',').includes(code))
  const most = open === 'all' ? ALL_ROWS_MAX : OPEN_ROWS_MAX
  const opened: string[] = []
  let rows = 0
  for (const group of groups) {
    rows += group.rows.length
    if (rows > most && (open !== 'all' || opened.length > 0)) break
    opened.push(group.code)
  }
  return opened
}
