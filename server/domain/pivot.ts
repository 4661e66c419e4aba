import { certaintyOfAll, type Certainty } from './certainty.ts'
import { subtractDecimals, sumDecimals } from './money.ts'

/** What rows are grouped by, and what columns are made of. Never a sum over versions, kinds of lines or currencies. */
export const PIVOT_DIMENSIONS = ['entity', 'period', 'version'] as const
export type PivotDimension = (typeof PIVOT_DIMENSIONS)[number]

/** Decimal strings; null: there is none, which is not zero. */
export const PIVOT_FIGURES = ['source', 'accepted', 'loaded', 'target', 'difference', 'published'] as const
export type PivotFigure = (typeof PIVOT_FIGURES)[number]
export type PivotCell = Readonly<Record<PivotFigure, string | null>>

export type PivotLeaf = {
  readonly entity: string
  readonly period: string
  readonly version: string
  readonly objectType: string
  readonly currency: string
  readonly cell: PivotCell
  /** A run lost something of it on the way, whatever another made up for. */
  readonly isBroken: boolean
  /** Last runs that are held, by number: nothing of them is loaded. */
  readonly held: readonly number[]
  readonly certainty: Certainty
}
/** The slices a row stands for: what its figures are the sum over, and so what they open. */
export type PivotKey = Readonly<Partial<Record<PivotDimension, string>>> & {
  readonly objectType: string
  readonly currency: string
}

export type PivotRow = {
  readonly key: PivotKey
  /** One cell, or one for each column of a dimension: null where there is nothing. */
  readonly cells: readonly (PivotCell | null)[]
  readonly isBroken: boolean
  readonly held: readonly number[]
  /** Of everything it is the sum over. */
  readonly certainty: Certainty
}
export type PivotGroup = {
  readonly code: string
  readonly isBroken: boolean
  /** Over the whole group, one row a version, kind and currency. */
  readonly totals: readonly PivotRow[]
  readonly rows: readonly PivotRow[]
}
/** `certainties`: of everything that stands in each column. */
export type Pivot = {
  readonly columns: readonly string[]
  readonly certainties: readonly Certainty[]
  readonly groups: readonly PivotGroup[]
}

export type PivotShape = {
  readonly by: PivotDimension
  /** Below each group; null: groups only. */
  readonly below: PivotDimension | null
  /** One column a code of this dimension; null: the checkpoints are the columns. */
  readonly across: PivotDimension | null
}

/** What does not tie comes first: groups, and rows within them. */
export function pivotOf(leaves: readonly PivotLeaf[], { by, below, across }: PivotShape): Pivot {
  const columns = across ? [...new Set(leaves.map((leaf) => leaf[across]))].sort() : []
  const rowsBy = (of: readonly PivotLeaf[], dimensions: readonly PivotDimension[]) => {
    const apart = [...new Set<PivotDimension>([...dimensions, 'version'])].filter((name) => name !== across)
    return grouped(of, (leaf) => keyOf(leaf, apart)).map(([, same]): PivotRow => {
      const cells = across ? columns.map((code) => summed(same.filter((leaf) => leaf[across] === code))) : [summed(same)]
      const held = same.every((leaf) => leaf.held.length === 0)
        ? []
        : [...new Set(same.flatMap((leaf) => leaf.held))].sort((a, b) => a - b)
      const certainty = certaintyOfAll(same.map((leaf) => leaf.certainty))
      return { key: partsOf(same[0]!, apart), cells, isBroken: same.some((leaf) => leaf.isBroken), held, certainty }
    })
  }
  const groups = grouped(leaves, (leaf) => leaf[by]).map(
    ([code, of]): PivotGroup => ({
      code,
      isBroken: of.some((leaf) => leaf.isBroken),
      totals: rowsBy(of, [by]),
      rows: below && below !== by && below !== across ? brokenFirst(rowsBy(of, [by, below])) : [],
    }),
  )
  const certainties = columns.map((code) =>
    certaintyOfAll(leaves.filter((leaf) => across && leaf[across] === code).map((leaf) => leaf.certainty)),
  )
  return { columns, certainties, groups: brokenFirst(groups) }
}

/** A version, a kind and a currency are parts of every key: over those nothing is ever added up. */
function partsOf(leaf: PivotLeaf, apart: readonly PivotDimension[]): PivotKey {
  const parts: Record<string, string> = {}
  for (const name of apart) parts[name] = leaf[name]
  parts.objectType = leaf.objectType
  parts.currency = leaf.currency
  return parts as PivotKey
}

function keyOf(leaf: PivotLeaf, apart: readonly PivotDimension[]): string {
  let key = ''
  for (const name of apart) key += `${leaf[name]}\u0000`
  return `${key}${leaf.objectType}\u0000${leaf.currency}`
}

function summed(leaves: readonly PivotLeaf[]): PivotCell | null {
  const [first, ...others] = leaves
  if (!first) return null
  if (others.length === 0) {
    const { source, accepted, loaded, target, published } = first.cell
    return { source, accepted, loaded, target, difference: differenceOf(source, loaded), published }
  }
  const of = (figure: PivotFigure) => {
    const values: string[] = []
    for (const { cell } of leaves) {
      const value = cell[figure]
      if (value !== null) values.push(value)
    }
    return values.length > 1 ? sumDecimals(values) : (values[0] ?? null)
  }
  const [source, loaded] = [of('source'), of('loaded')]
  return {
    source,
    accepted: of('accepted'),
    loaded,
    target: of('target'),
    difference: differenceOf(source, loaded),
    published: of('published'),
  }
}

const differenceOf = (source: string | null, loaded: string | null): string | null =>
  source === null || loaded === null ? null : subtractDecimals(source, loaded)

const brokenFirst = <T extends { readonly isBroken: boolean }>(items: readonly T[]): T[] => [
  ...items.filter(({ isBroken }) => isBroken),
  ...items.filter(({ isBroken }) => !isBroken),
]

/** In the order of their keys. */
function grouped(leaves: readonly PivotLeaf[], keyOf: (leaf: PivotLeaf) => string): [string, PivotLeaf[]][] {
  const groups = new Map<string, PivotLeaf[]>()
  for (const leaf of leaves) {
    const key = keyOf(leaf)
    const same = groups.get(key)
    if (same) same.push(leaf)
    else groups.set(key, [leaf])
  }
  // By index: taking pairs apart by pattern was a third of the time.
  return [...groups].sort((a, b) => (a[0] < b[0] ? -1 : 1))
}
