import type { CheckpointColumn, OpenFigure } from '#app/components/open-figure.tsx'
import { paths, type Scope } from '#app/paths.ts'
import type { TotalsView } from '#app/.server/reads.ts'
import type { PivotCell, PivotFigure, PivotKey } from '#server/domain/pivot.ts'

export type PivotView = Extract<TotalsView, { view: 'pivot' }>
export type TrendView = Extract<TotalsView, { view: 'periods' }>
type Measure = PivotView['measure']
/** What the whole screen is narrowed to. */
export type Narrowed = Scope & { system?: string }

const COLUMN: Record<Exclude<PivotFigure, 'target' | 'published'>, CheckpointColumn> = {
  source: 'extracted',
  accepted: 'accepted',
  loaded: 'loaded',
  difference: 'difference',
}

/**
 * A figure of the pivot with what it opens: what is published opens its lines, a checkpoint opens the slices of the last runs
 * it is the sum of. Null where there is no figure, or where a part of the slice has no name that an address could carry.
 */
export function pivotFigure(
  key: PivotKey,
  name: PivotFigure,
  cell: PivotCell | null,
  measure: Measure,
  given: Narrowed,
): OpenFigure | null {
  const value = cell?.[name] ?? null
  const { objectType, currency, ...slice } = key
  if (value === null || name === 'target' || Object.values(slice).includes('') || currency === '') return null
  const search = { ...given, ...slice, objectType, currency }
  const of = { key: `${Object.values(key).join(' ')} ${name} ${measure}`, value }
  if (name === 'published')
    return {
      ...of,
      href: paths.lines(search),
      opens: { list: 'lines', measure: measure === 'records' ? 'rows' : measure, currency },
    }
  return {
    ...of,
    href: paths.totals({ ...search, view: 'checkpoints', measure }),
    opens: { list: 'checkpoints', measure: COLUMN[name], currency },
  }
}

export const CHECKPOINT_FIGURES = ['source', 'accepted', 'loaded', 'difference', 'target', 'published'] as const

/** Every figure that the pivot shows, with all its groups open. */
export function pivotFigures(
  { pivot, measure }: PivotView,
  figure: PivotFigure,
  across: string | null,
  given: Narrowed,
): OpenFigure[] {
  return pivot.groups.flatMap(({ totals, rows }) =>
    [...totals, ...rows].flatMap(({ key, cells }) =>
      cells.flatMap((cell, i) => {
        const at = across ? { ...key, [across]: pivot.columns[i]! } : key
        const names = across ? [figure] : CHECKPOINT_FIGURES
        return names.flatMap((name) => pivotFigure(at, name, cell, measure, given) ?? [])
      }),
    ),
  )
}

export function trendFigures({ trend, measure }: TrendView, given: Narrowed): OpenFigure[] {
  if (!trend.of) return []
  const { version, objectType, currency } = trend.of
  return trend.points.flatMap(({ period, ...point }) => {
    const cell: PivotCell = { ...point, accepted: null, target: null }
    const key = { period, version, objectType, currency }
    return (['source', 'loaded', 'difference', 'published'] as const).flatMap(
      (name) => pivotFigure(key, name, cell, measure, given) ?? [],
    )
  })
}
