export type Held<T> = {
  readonly shown: readonly T[]
  /** Rows that are not shown yet. */
  readonly arrived: number
  /** Rows that are shown and no longer belong here. */
  readonly gone: number
}

/** The order of `opened`, the content of `now`. A row that went stays as it was last seen. */
export function heldBack<T>(opened: readonly T[], now: readonly T[], keyOf: (row: T) => string): Held<T> {
  const fresh = new Map(now.map((row) => [keyOf(row), row]))
  const known = new Set(opened.map(keyOf))
  return {
    shown: opened.map((row) => fresh.get(keyOf(row)) ?? row),
    arrived: now.filter((row) => !known.has(keyOf(row))).length,
    gone: opened.filter((row) => !fresh.has(keyOf(row))).length,
  }
}

/** Those of `opened` that are there now, where they stood; where none is left, what is there now. */
export function stillThere<T>(opened: readonly T[], now: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const there = new Set(now.map(keyOf))
  const still = opened.filter((row) => there.has(keyOf(row)))
  return still.length > 0 ? still : now
}

/** '12 new', '3 no longer match'; null when there is nothing to say. */
export function heldBackWords({ arrived, gone }: Pick<Held<unknown>, 'arrived' | 'gone'>): string | null {
  // A full page loses a row at its end for every one that arrives: that is no news of its own.
  if (arrived > 0) return `${arrived} new`
  return gone > 0 ? `${gone} no longer ${gone === 1 ? 'belongs' : 'belong'} here` : null
}
