/**
 * certified: every reconciliation defined for the entity, period and version stands certified. not_reconciled: none is defined, so nobody
 * vouches for its figures. Whether the period is closed says nothing of it.
 */
export const CERTAINTIES = ['certified', 'preliminary', 'not_reconciled'] as const
export type Certainty = (typeof CERTAINTIES)[number]

/** What is closed: where no version is chosen these are meant. */
export const ACTUALS = 'actual'

/** How many reconciliations are defined, and how many of them stand certified. */
export type Signed = { readonly defined: number; readonly certified: number }

export function certaintyOf({ defined, certified }: Signed): Certainty {
  if (defined === 0) return 'not_reconciled'
  return certified === defined ? 'certified' : 'preliminary'
}

/** Of figures that stand under one head: they are certified where each of them is. Nothing is not certified. */
export function certaintyOfAll(all: Iterable<Certainty>): Certainty {
  const found = new Set(all)
  if (found.size === 1) return [...found][0]!
  return found.size === 0 ? 'not_reconciled' : 'preliminary'
}

/** Says of each sum how certain it is, in place of what it is made up of. */
export const certainSums = <T extends { readonly slices: readonly Slice[] }>(
  sums: readonly T[],
  certainty: (slice: Slice) => Certainty,
): (Omit<T, 'slices'> & { readonly certainty: Certainty })[] =>
  sums.map(({ slices, ...sum }) => ({ ...sum, certainty: certaintyOfAll(slices.map(certainty)) }))

type Slice = { readonly entity: string; readonly period: string; readonly version: string }

/** Looks up the certainty of a slice among those of which something is defined. */
export function certaintyFinder(known: readonly (Slice & Signed)[]): (slice: Slice) => Certainty {
  const byName = new Map(known.map((row) => [nameOf(row), certaintyOf(row)]))
  return (slice) => byName.get(nameOf(slice)) ?? 'not_reconciled'
}
const nameOf = ({ entity, period, version }: Slice) => JSON.stringify([entity, period, version])
