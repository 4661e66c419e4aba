import { byAmount } from './item.ts'
import type { Distance } from './match.ts'

/** What could belong together: some nodes, each of which belongs to one match at most. */
export type Candidate<T> = {
  readonly nodes: readonly number[]
  readonly distance: Distance
  /** False: it is close, but does not say which of the items behind its nodes. */
  readonly isOne: boolean
  readonly of: T
}
export type Settled<T> = {
  readonly chosen: readonly { readonly of: T; readonly distance: Distance; readonly margin: Distance | null }[]
  /** Nodes between which equally good candidates stand. */
  readonly tied: readonly (readonly number[])[]
}

const byDistance = (a: Distance, b: Distance) => byAmount(a.minor, b.minor) || a.days - b.days

/**
 * Takes the candidates that are the best of every node they have, from the closest on. Where two are equally good nobody picks: their
 * nodes stay together as a set, and so does what could only belong to one of them. Only distances decide, so neither the order of the
 * candidates nor any id does.
 */
export function settle<T>(candidates: readonly Candidate<T>[], nodeCount: number): Settled<T> {
  const inOrder = [...candidates].sort((a, b) => byDistance(a.distance, b.distance))
  const around: Candidate<T>[][] = Array.from({ length: nodeCount }, () => [])
  for (const candidate of inOrder) for (const node of candidate.nodes) around[node]!.push(candidate)
  const state = new Uint8Array(nodeCount)
  const sets = new Sets(nodeCount)
  const isOver = ({ nodes }: Candidate<T>) => nodes.some((node) => state[node] === CLAIMED)
  const chosen: { of: T; distance: Distance; margin: Distance | null }[] = []
  for (let from = 0, to = 0; from < inOrder.length; from = to) {
    while (to < inOrder.length && byDistance(inOrder[from]!.distance, inOrder[to]!.distance) === 0) to++
    const level = inOrder.slice(from, to).filter((candidate) => !isOver(candidate))
    const wanted = new Map<number, number>()
    for (const { nodes } of level) for (const node of nodes) wanted.set(node, (wanted.get(node) ?? 0) + 1)
    const best = level.filter(
      ({ nodes, isOne }) => isOne && nodes.every((node) => state[node] === FREE && wanted.get(node) === 1),
    )
    for (const candidate of best) {
      const { of, distance } = candidate
      chosen.push({ of, distance, margin: marginOf(candidate) })
    }
    for (const { nodes } of best) for (const node of nodes) state[node] = CLAIMED
    for (const candidate of level) {
      if (isOver(candidate)) continue
      for (const node of candidate.nodes) {
        state[node] = TIED
        sets.unite(candidate.nodes[0]!, node)
      }
    }
  }
  return { chosen, tied: sets.list().filter(([node]) => state[node!] === TIED) }

  function marginOf(candidate: Candidate<T>): Distance | null {
    let next: Distance | null = null
    for (const node of candidate.nodes) {
      const rival = around[node]!.find((other) => other !== candidate)
      if (rival && (next === null || byDistance(rival.distance, next) < 0)) next = rival.distance
    }
    return next && { minor: next.minor - candidate.distance.minor, days: next.days - candidate.distance.days }
  }
}
const FREE = 0
const CLAIMED = 1
const TIED = 2

/** Disjoint sets of numbers. */
class Sets {
  private readonly parents: Int32Array
  constructor(count: number) {
    this.parents = Int32Array.from({ length: count }, (_, i) => i)
  }
  private rootOf(node: number): number {
    let root = node
    while (this.parents[root] !== root) {
      this.parents[root] = this.parents[this.parents[root]!]!
      root = this.parents[root]!
    }
    return root
  }
  unite(a: number, b: number): void {
    this.parents[this.rootOf(a)] = this.rootOf(b)
  }
  list(): number[][] {
    const lists = new Map<number, number[]>()
    for (let node = 0; node < this.parents.length; node++) {
      const root = this.rootOf(node)
      if (!lists.get(root)?.push(node)) lists.set(root, [node])
    }
    return [...lists.values()]
  }
}
