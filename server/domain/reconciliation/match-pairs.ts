import { byAmount, type Item } from './item.ts'
import type { Distance } from './match.ts'
import { dayOf, daysApart, handleOf, type MatchRule, namesOf, wordsOf } from './match-rule.ts'
import { type Candidate, settle } from './settle.ts'
import { isWithin } from './tolerance.ts'

export type Found = {
  readonly first: readonly Item[]
  readonly other: readonly Item[]
  readonly isSet: boolean
  readonly distance: Distance
  readonly margin: Distance | null
}
export type Tied = { readonly first: readonly Item[]; readonly other: readonly Item[] }
/** What was not looked through, and which bound stopped it. */
export type Unsearched = {
  readonly items: readonly Item[]
  readonly bound: 'pairs' | 'candidates' | 'steps'
  readonly max: number
}
export type Search = {
  readonly found: readonly Found[]
  readonly tied: readonly Tied[]
  readonly unsearched: readonly Unsearched[]
}
export type MayMeet = (a: Item, b: Item) => boolean

/** Of one handle: more pairs than these are not weighed against each other. */
export const PAIRS_MAX = 500_000

/** Items that a rule cannot tell apart. They are one node: which of them it is cannot matter. */
type Alike = { readonly items: Item[]; readonly node: number; readonly day: number | null; readonly minor: bigint }
type Pair = { readonly first: Alike; readonly other: Alike }

/** One to one. */
export function matchPairs(
  first: readonly Item[],
  other: readonly Item[],
  rule: MatchRule,
  isForbidden: MayMeet,
  touched: ReadonlySet<string>,
): Search {
  let nodes = 0
  const alikeOf = (items: readonly Item[]) => {
    const alike = new Map<string, Alike>()
    for (const item of items) {
      const handle = handleOf(item, rule)
      if (handle === null) continue
      const traits = [
        handle,
        item.minor,
        item.on,
        rule.isNamed ? `${item.key}\u0000${item.reference}` : '',
        touched.has(item.id) ? item.id : '',
      ]
      const name = traits.join('\u0001')
      const known = alike.get(name)
      if (known) known.items.push(item)
      else alike.set(name, { items: [item], node: nodes++, day: dayOf(item), minor: item.minor })
    }
    return [...alike.values()]
  }
  const [left, right] = [alikeOf(first), alikeOf(other)]
  const candidates: Candidate<Pair>[] = []
  const unsearched: Unsearched[] = []
  for (const { lefts, neighbours, all } of rule.isNamed ? named(left, right, rule) : handled(left, right, rule)) {
    const before = candidates.length
    for (const a of lefts) {
      for (const b of neighbours(a)) {
        const days = daysApart(a.day, b.day, rule)
        if (days === null || isForbidden(a.items[0]!, b.items[0]!)) continue
        const difference = b.minor - a.minor
        const distance = { minor: difference < 0n ? -difference : difference, days }
        candidates.push({
          nodes: [a.node, b.node],
          distance,
          isOne: a.items.length === b.items.length,
          of: { first: a, other: b },
        })
      }
      if (candidates.length - before > PAIRS_MAX) break
    }
    if (candidates.length - before <= PAIRS_MAX) continue
    candidates.length = before
    unsearched.push({ items: all().flatMap(({ items }) => items), bound: 'pairs', max: PAIRS_MAX })
  }
  const { chosen, tied } = settle(candidates, nodes)
  const byNode: (Alike | undefined)[] = Array(nodes)
  const isFirst = new Uint8Array(nodes)
  for (const alike of right) byNode[alike.node] = alike
  for (const alike of left) {
    byNode[alike.node] = alike
    isFirst[alike.node] = 1
  }
  const found: Found[] = chosen.map(({ of, distance, margin }) => ({
    first: of.first.items,
    other: of.other.items,
    isSet: of.first.items.length > 1,
    distance,
    margin,
  }))
  const open: Tied[] = []
  const setOf = new Map(tied.flatMap((set, i) => set.map((node) => [node, i] as const)))
  const within = new Map<number, Candidate<Pair>[]>()
  for (const candidate of candidates) {
    const set = setOf.get(candidate.nodes[0]!)
    if (set === undefined || set !== setOf.get(candidate.nodes[1]!)) continue
    if (!within.get(set)?.push(candidate)) within.set(set, [candidate])
  }
  for (const [i, set] of tied.entries()) {
    const side = (wanted: number) => set.filter((node) => isFirst[node] === wanted).flatMap((node) => byNode[node]!.items)
    const [firsts, others] = [side(1), side(0)]
    const firstNodes = set.filter((node) => isFirst[node] === 1).length
    const pairs = within.get(i) ?? []
    // As many on both sides, and whoever is whose, each pair passes: they tie as a set.
    if (firsts.length === others.length && pairs.length === firstNodes * (set.length - firstNodes)) {
      found.push({ first: firsts, other: others, isSet: true, distance: farthest(pairs), margin: null })
    } else open.push({ first: firsts, other: others })
  }
  return { found, tied: open, unsearched }
}

const farthest = (pairs: readonly Candidate<Pair>[]): Distance =>
  pairs.reduce((far, { distance }) => ((byAmount(distance.minor, far.minor) || distance.days - far.days) > 0 ? distance : far), {
    minor: 0n,
    days: 0,
  })

type Bucket = {
  readonly lefts: readonly Alike[]
  readonly neighbours: (left: Alike) => Iterable<Alike>
  readonly all: () => readonly Alike[]
}

/** Under one handle, by amount: from the nearest amount on up and down, until the tolerance ends. */
function handled(left: readonly Alike[], right: readonly Alike[], rule: MatchRule): Bucket[] {
  const byHandle = groupBy(right, ({ items }) => handleOf(items[0]!, rule)!)
  return [...groupBy(left, ({ items }) => handleOf(items[0]!, rule)!)].flatMap(([handle, lefts]) => {
    const rights = byHandle.get(handle)
    if (rights === undefined) return []
    rights.sort((a, b) => byAmount(a.minor, b.minor))
    const { currency } = lefts[0]!.items[0]!
    return [{ lefts, neighbours: (a: Alike) => nearTo(a.minor, rights, rule, currency), all: () => [...lefts, ...rights] }]
  })
}

function* nearTo(minor: bigint, sorted: readonly Alike[], { tolerance }: MatchRule, currency: string): Generator<Alike> {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]!.minor < minor) low = middle + 1
    else high = middle
  }
  for (let i = low; i < sorted.length && isWithin(tolerance, currency, minor, sorted[i]!.minor); i++) yield sorted[i]!
  for (let i = low - 1; i >= 0 && isWithin(tolerance, currency, minor, sorted[i]!.minor); i--) yield sorted[i]!
}

/** By the words of one side that are names of the other, either way round. */
function named(left: readonly Alike[], right: readonly Alike[], rule: MatchRule): Bucket[] {
  const nameOf = namedBy(right, rule)
  const all = () => [...left, ...right]
  return [
    {
      lefts: left,
      *neighbours(a) {
        for (const b of nameOf(a.items[0]!)) if (isWithin(rule.tolerance, a.items[0]!.currency, a.minor, b.minor)) yield b
      },
      all,
    },
  ]
}

/** Finds what an item names, or is named by, within its handle. */
export function namedBy<T extends Item | Alike>(of: readonly T[], rule: MatchRule): (item: Item) => Set<T> {
  const itemOf = (one: T): Item => ('items' in one ? one.items[0]! : one)
  const [byName, byWord] = [new Map<string, T[]>(), new Map<string, T[]>()]
  const at = (handle: string | null, text: string) => `${handle}\u0000${text}`
  for (const one of of) {
    const item = itemOf(one)
    const handle = handleOf(item, rule)
    for (const name of namesOf(item)) append(byName, at(handle, name), one)
    for (const word of wordsOf(item)) append(byWord, at(handle, word), one)
  }
  return (item) => {
    const handle = handleOf(item, rule)
    const found = new Set<T>()
    for (const word of wordsOf(item)) for (const one of byName.get(at(handle, word)) ?? []) found.add(one)
    for (const name of namesOf(item)) for (const one of byWord.get(at(handle, name)) ?? []) found.add(one)
    return found
  }
}

export function groupBy<T>(of: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of of) append(groups, nameOf(one), one)
  return groups
}
function append<T>(lists: Map<string, T[]>, name: string, one: T): void {
  const list = lists.get(name)
  if (list) list.push(one)
  else lists.set(name, [one])
}
