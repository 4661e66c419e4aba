import { byAmount, byText } from './item.ts'

type Amount = { readonly minor: bigint }
type How<A, B> = {
  /** Only what is in one place is paired; null stays out. */
  readonly places: readonly [(a: A) => string | null, (b: B) => string | null]
  /** The amount to look for; null: none. */
  readonly expected?: (a: A) => bigint | null
  readonly isNear?: (expected: bigint, actual: bigint, a: A) => boolean
}

/**
 * Pairs what is in one place and near enough in amount, each once, and takes it out of both sets. In the order of amounts, so the
 * order of the sets decides between equal amounts of one place only: those are interchangeable.
 */
export function pairUp<A extends Amount, B extends Amount>(as: Set<A>, bs: Set<B>, how: How<A, B>): [A, B][] {
  if (as.size === 0 || bs.size === 0) return []
  const { places, expected = (a: A) => a.minor, isNear = (wanted: bigint, actual: bigint) => wanted === actual } = how
  const left = sorted(as, places[0], expected)
  const right = sorted(bs, places[1], (b) => b.minor)
  const pairs: [A, B][] = []
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    const [a, b] = [left[i]!, right[j]!]
    if (a.place === b.place && isNear(a.minor, b.minor, a.of)) {
      pairs.push([a.of, b.of])
      as.delete(a.of)
      bs.delete(b.of)
      i++
      j++
    } else if (a.place < b.place || (a.place === b.place && a.minor < b.minor)) i++
    else j++
  }
  return pairs
}

function sorted<T extends Amount>(of: Set<T>, placeOf: (item: T) => string | null, amountOf: (item: T) => bigint | null) {
  const entries: { place: string; minor: bigint; of: T }[] = []
  for (const item of of) {
    const [place, minor] = [placeOf(item), amountOf(item)]
    if (place !== null && minor !== null) entries.push({ place, minor, of: item })
  }
  return entries.sort((a, b) => byText(a.place, b.place) || byAmount(a.minor, b.minor))
}
