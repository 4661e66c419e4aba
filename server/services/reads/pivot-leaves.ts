import type { Queryable } from '#db/client.ts'
import { listConfirmedTotals } from '#db/queries/delivery-totals.ts'
import {
  listCheckpointFigures,
  listCheckpoints,
  type CheckpointFigures,
  type CheckpointRow,
  type Measure,
  type Moment,
} from '#db/queries/total-screens.ts'
import { listPublishedTotals, type TotalsFilter } from '#db/queries/totals.ts'
import { certaintyOfAll, type Certainty } from '#server/domain/certainty.ts'
import { subtractDecimals, sumDecimals } from '#server/domain/money.ts'
import type { PivotLeaf } from '#server/domain/pivot.ts'

export type CheckpointSlice = CheckpointRow & {
  /** Source minus loaded, signed. */
  readonly difference: string
}

/** The last run of each job that covered a slice and stands. What is held is not loaded, whatever it prepared. */
export async function readCheckpoints(
  db: Queryable,
  filter: TotalsFilter,
  measure: Measure,
  moment: Moment,
): Promise<CheckpointSlice[]> {
  const rows = await listCheckpoints(db, filter, measure, moment)
  return rows.map((row) => ({ ...row, loaded: loadedOf(row), difference: subtractDecimals(row.extracted, loadedOf(row)) }))
}

const loadedOf = (row: CheckpointFigures): string => (row.status === 'held' || row.withdrawn ? '0' : row.loaded)

export type PivotRequest = Moment & { readonly measure?: Measure | undefined; readonly filter: TotalsFilter }

/** The smallest cells of the pivot: what the last runs brought of a slice beside what is published of it. */
export async function readPivotLeaves(
  db: Queryable,
  { measure = 'debit', filter, publication, isPast }: PivotRequest,
): Promise<Leaf[]> {
  const [checkpoints, published, confirmed] = await Promise.all([
    listCheckpointFigures(db, filter, measure, { publication, isPast }),
    listPublishedTotals(db, filter, publication),
    listConfirmedTotals(db, filter, publication),
  ])
  const leaves = new Map<string, Leaf>()
  const put = (of: LeafKey, more: Partial<PivotLeaf['cell']>, broke = false, heldRun?: number) => {
    const { entity, period, version, objectType, currency } = of
    const key = `${entity}\u0000${period}\u0000${version}\u0000${objectType}\u0000${currency}`
    const known = leaves.get(key)
    leaves.set(key, {
      entity,
      period,
      version,
      objectType,
      currency,
      cell: addedUp(known?.cell ?? NOTHING, more),
      isBroken: broke || (known?.isBroken ?? false),
      held: heldRun === undefined ? (known?.held ?? NONE_HELD) : [...(known?.held ?? NONE_HELD), heldRun],
    })
  }
  for (const row of checkpoints) {
    const [source, accepted, loaded] = [row.extracted, row.accepted, loadedOf(row)]
    const difference = subtractDecimals(source, loaded)
    // What somebody corrected is explained.
    const unexplained = subtractDecimals(sumDecimals([source, row.corrected]), loaded)
    put(row, { source, accepted, loaded, difference }, /[1-9]/.test(unexplained), row.status === 'held' ? row.runId : undefined)
  }
  for (const row of published) put(row, { published: measure === 'records' ? `${row.count}` : row[measure] })
  for (const row of confirmed) put(row, { target: measure === 'records' ? `${row.count}` : row[measure] })
  return [...leaves.values()]
}

/** Nobody has said yet how certain it is. */
type Leaf = Omit<PivotLeaf, 'certainty'>
type LeafKey = Omit<Leaf, 'cell' | 'isBroken' | 'held'>
const NONE_HELD: readonly number[] = []
const NOTHING = { source: null, accepted: null, loaded: null, target: null, difference: null, published: null }
const addedUp = (cell: PivotLeaf['cell'], more: Partial<PivotLeaf['cell']>): PivotLeaf['cell'] => ({
  source: plus(cell.source, more.source ?? null),
  accepted: plus(cell.accepted, more.accepted ?? null),
  loaded: plus(cell.loaded, more.loaded ?? null),
  target: plus(cell.target, more.target ?? null),
  difference: plus(cell.difference, more.difference ?? null),
  published: plus(cell.published, more.published ?? null),
})
const plus = (a: string | null, b: string | null) => (a === null ? b : b === null ? a : sumDecimals([a, b]))

export type TrendPoint = { readonly period: string; readonly certainty: Certainty } & Readonly<
  Record<'source' | 'loaded' | 'difference' | 'published', string | null>
>
export type Trend = {
  /** What the picture is of: one version, kind and currency; the one with the most slices where several are there. */
  readonly of: { readonly version: string; readonly objectType: string; readonly currency: string } | null
  readonly others: number
  readonly points: readonly TrendPoint[]
}

/** Totals over periods, of one version, kind and currency. */
export function trendOf(leaves: readonly PivotLeaf[]): { trend: Trend; slices: PivotLeaf[] } {
  const counts = new Map<string, number>()
  const keyOf = ({ version, objectType, currency }: PivotLeaf) => JSON.stringify([version, objectType, currency])
  for (const leaf of leaves) counts.set(keyOf(leaf), (counts.get(keyOf(leaf)) ?? 0) + 1)
  const [most] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  if (!most) return { trend: { of: null, others: 0, points: [] }, slices: [] }
  const slices = leaves.filter((leaf) => keyOf(leaf) === most[0])
  const { version, objectType, currency } = slices[0]!
  const periods = [...new Set(slices.map(({ period }) => period))].sort()
  const points = periods.map((period): TrendPoint => {
    const of = slices.filter((leaf) => leaf.period === period)
    const cells = of.map(({ cell }) => cell)
    const sum = (name: 'source' | 'loaded' | 'difference' | 'published') => cells.map((cell) => cell[name]).reduce(plus, null)
    const certainty = certaintyOfAll(of.map((leaf) => leaf.certainty))
    const figures = { source: sum('source'), loaded: sum('loaded'), difference: sum('difference'), published: sum('published') }
    return { period, certainty, ...figures }
  })
  return { trend: { of: { version, objectType, currency }, others: counts.size - 1, points }, slices }
}
