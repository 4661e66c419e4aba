type Search = {
  readonly sizeMax: number
  /** How far from the sum a subset may be at most. */
  readonly slack: bigint
  readonly isNear: (sum: bigint) => boolean
  /** How many more steps may be taken, over all searches that share it. */
  readonly budget: { steps: number }
  readonly stepsMax: number
}

/**
 * All subsets of two to `sizeMax` amounts that come near enough to the sum, as indexes; null where the search takes more steps than it
 * may. All of them, because a second one means that a person has to look.
 */
export function subsetSums(
  amounts: readonly bigint[],
  sum: bigint,
  { sizeMax, slack, isNear, budget, stepsMax }: Search,
): number[][] | null {
  const order = amounts
    .map((_, i) => i)
    .sort((a, b) => (size(amounts[a]!) > size(amounts[b]!) ? -1 : size(amounts[a]!) < size(amounts[b]!) ? 1 : a - b))
  // What the amounts from a place on can add at most, and take away.
  const above: bigint[] = Array(order.length + 1).fill(0n)
  const below: bigint[] = Array(order.length + 1).fill(0n)
  for (let i = order.length - 1; i >= 0; i--) {
    const amount = amounts[order[i]!]!
    above[i] = above[i + 1]! + (amount > 0n ? amount : 0n)
    below[i] = below[i + 1]! + (amount < 0n ? amount : 0n)
  }
  const found: number[][] = []
  const taken: number[] = []
  let steps = 0
  const walk = (at: number, rest: bigint): boolean => {
    if (++steps > stepsMax || --budget.steps < 0) return false
    if (taken.length >= 2 && isNear(sum - rest)) found.push([...taken].sort((a, b) => a - b))
    if (taken.length === sizeMax) return true
    for (let i = at; i < order.length; i++) {
      if (rest > above[i]! + slack || rest < below[i]! - slack) return true
      taken.push(order[i]!)
      const isDone = walk(i + 1, rest - amounts[order[i]!]!)
      taken.pop()
      if (!isDone) return false
    }
    return true
  }
  return walk(0, sum) ? found : null
}
const size = (amount: bigint) => (amount < 0n ? -amount : amount)
