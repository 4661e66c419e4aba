import { byAmount, type Item, magnitude } from './item.ts'
import type { Distance } from './match.ts'
import { dayOf, daysApart, handleOf, type MatchRule } from './match-rule.ts'
import { type Found, groupBy, type MayMeet, type Search, type Tied, type Unsearched } from './match-search.ts'
import { namedBy } from './names.ts'
import { type Candidate, settle } from './settle.ts'
import { isWithin } from './tolerance.ts'

/** Of what must be equal: more pairs than these are not looked at. */
export const PAIRS_MAX = 1_000_000

/** Items of one side that a rule cannot tell apart. They are one node: which of them it is cannot matter. */
type Alike = {
  readonly items: Item[]
  readonly node: number
  readonly side: number
  readonly day: number | null
  readonly minor: bigint
}
type Pair = { readonly first: Alike; readonly other: Alike }

/** One to one. `touched`: items that people took apart from others, and that are therefore like no other. */
export function matchPairs(items: readonly Item[], rule: MatchRule, isForbidden: MayMeet, touched: ReadonlySet<string>): Search {
  const nodes = alikeOf(items, rule, touched)
  const candidates: Candidate<Pair>[] = []
  const unsearched: Unsearched[] = []
  for (const { lefts, rights, neighbours } of blocksOf(nodes, rule)) {
    const found = pairsOf(lefts, neighbours, rule, isForbidden)
    if (found !== null) for (const pair of found) candidates.push(pair)
    else unsearched.push({ items: [...lefts, ...rights].flatMap((alike) => alike.items), bound: 'pairs', max: PAIRS_MAX })
  }
  const { chosen, tied } = settle(candidates, nodes.length)
  const sets = setsOf(tied, nodes, candidates)
  const pairs = chosen.map(({ of: { first, other }, distance, margin }): Found => {
    return { first: first.items, other: other.items, isSet: first.items.length > 1, distance, margin }
  })
  return { found: [...pairs, ...sets.found], tied: sets.tied, unsearched }
}

function alikeOf(items: readonly Item[], rule: MatchRule, touched: ReadonlySet<string>): Alike[] {
  const alike = new Map<string, Alike>()
  for (const item of items) {
    const handle = handleOf(item, rule)
    if (handle === null) continue
    const side = Math.min(item.side, 1)
    const traits = [side, handle, item.minor, item.on]
    if (rule.isNamed) traits.push(item.key, item.reference)
    if (touched.has(item.id)) traits.push(item.id)
    const name = traits.join('\u0000')
    const known = alike.get(name)
    if (known) known.items.push(item)
    else alike.set(name, { items: [item], node: alike.size, side, day: dayOf(item), minor: item.minor })
  }
  return [...alike.values()]
}

/** Null where there are more than PAIRS_MAX to look at. */
function pairsOf(
  lefts: readonly Alike[],
  neighbours: Block['neighbours'],
  rule: MatchRule,
  isForbidden: MayMeet,
): Candidate<Pair>[] | null {
  const pairs: Candidate<Pair>[] = []
  let looked = 0
  for (const first of lefts) {
    for (const other of neighbours(first)) {
      if (++looked > PAIRS_MAX) return null
      const days = daysApart(first.day, other.day, rule)
      if (days === null || !isNear(first, other, rule) || isForbidden(first.items[0]!, other.items[0]!)) continue
      const distance = { minor: magnitude(other.minor - first.minor), days }
      const isOne = first.items.length === other.items.length
      pairs.push({ nodes: [first.node, other.node], distance, isOne, of: { first, other } })
    }
  }
  return pairs
}

const isNear = (a: Alike, b: Alike, { tolerance }: MatchRule) => isWithin(tolerance, a.items[0]!.currency, a.minor, b.minor)

/** Equal candidates tie as a set where there are as many on both sides and, whoever is whose, each pair passes. */
function setsOf(tied: readonly (readonly number[])[], nodes: readonly Alike[], candidates: readonly Candidate<Pair>[]) {
  const found: Found[] = []
  const open: Tied[] = []
  const setOf = new Map(tied.flatMap((set, i) => set.map((node) => [node, i] as const)))
  const pairs: Candidate<Pair>[][] = tied.map(() => [])
  for (const candidate of candidates) {
    const [a, b] = candidate.nodes.map((node) => setOf.get(node))
    if (a !== undefined && a === b) pairs[a]!.push(candidate)
  }
  for (const [i, set] of tied.entries()) {
    const sides = [0, 1].map((wanted) => set.map((node) => nodes[node]!).filter(({ side }) => side === wanted))
    const [first, other] = sides.map((side) => side.flatMap(({ items }) => items))
    const isWhole = pairs[i]!.length === sides[0]!.length * sides[1]!.length
    if (first!.length === other!.length && isWhole) {
      found.push({ first: first!, other: other!, isSet: true, distance: farthest(pairs[i]!), margin: null })
    } else open.push({ first: first!, other: other! })
  }
  return { found, tied: open }
}

function farthest(pairs: readonly Candidate<Pair>[]): Distance {
  const nearer = (a: Distance, b: Distance) => byAmount(a.minor, b.minor) || a.days - b.days
  return pairs.map(({ distance }) => distance).reduce((far, distance) => (nearer(far, distance) < 0 ? distance : far))
}

/** What could meet at all, and whom each of the first side meets. */
type Block = {
  readonly lefts: readonly Alike[]
  readonly rights: readonly Alike[]
  readonly neighbours: (left: Alike) => Iterable<Alike>
}

function blocksOf(nodes: readonly Alike[], rule: MatchRule): Block[] {
  const [left, right] = [nodes.filter(({ side }) => side === 0), nodes.filter(({ side }) => side === 1)]
  if (rule.isNamed) {
    const nameOf = namedBy(right, ({ items }) => items[0]!, rule, PAIRS_MAX)
    return [{ lefts: left, rights: right, neighbours: (a) => nameOf(a.items[0]!) }]
  }
  const handle = ({ items }: Alike) => handleOf(items[0]!, rule) ?? ''
  const byHandle = groupBy(right, handle)
  return [...groupBy(left, handle)].flatMap(([name, lefts]) => {
    const rights = byHandle.get(name)?.sort((a, b) => byAmount(a.minor, b.minor))
    return rights ? [{ lefts, rights, neighbours: (a: Alike) => around(a, rights, rule) }] : []
  })
}

/** From the same amount on up, and on down, until the tolerance ends. */
function* around(a: Alike, sorted: readonly Alike[], rule: MatchRule): Generator<Alike> {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]!.minor < a.minor) low = middle + 1
    else high = middle
  }
  for (let i = low; i < sorted.length && isNear(a, sorted[i]!, rule); i++) yield sorted[i]!
  for (let i = low - 1; i >= 0 && isNear(a, sorted[i]!, rule); i--) yield sorted[i]!
}
