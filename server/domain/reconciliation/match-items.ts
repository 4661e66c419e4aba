import { byId, byText, type Item } from './item.ts'
import type { Match } from './match.ts'
import { matchGroups, matchWhole } from './match-groups.ts'
import { matchPairs } from './match-pairs.ts'
import { type MatchRule, problemOf } from './match-rule.ts'
import type { MayMeet, Search, Unsearched } from './match-search.ts'

/** What people said before. */
export type Decided = {
  /** Items that belong together. */
  readonly fixed: readonly (readonly string[])[]
  /** Items that do not: a match that was undone. */
  readonly forbidden: readonly (readonly [string, string])[]
}
export type Matching = {
  readonly matches: readonly Match[]
  /** Equally good candidates: a person says which. They take no part in later rules. */
  readonly ambiguous: readonly { readonly rule: string; readonly first: readonly string[]; readonly other: readonly string[] }[]
  /** What a rule could not look through within its bounds, and still has no match. */
  readonly unsearched: readonly {
    readonly rule: string
    readonly itemIds: readonly string[]
    readonly bound: Unsearched['bound']
    readonly max: number
  }[]
  /** What people put together and cannot stay so. */
  readonly undone: readonly {
    readonly itemIds: readonly string[]
    readonly because: 'item_gone' | 'currencies_differ' | 'claimed_twice' | 'one_sided'
  }[]
  /** Ids of what is left. */
  readonly open: readonly string[]
}

/**
 * Matches items of the first side with those of the others, by rules in order. What it finds depends on what the items say, never on
 * their order or ids: the closest candidates are taken, and where several are equally close nobody picks. Each item is claimed once.
 */
export function matchItems(items: readonly Item[], rules: readonly MatchRule[], { fixed, forbidden }: Decided): Matching {
  const left = new Map(byId(items).map((item) => [item.id, item]))
  const matches: Match[] = []
  const claim = (
    rule: string,
    by: Match['by'],
    first: readonly Item[],
    other: readonly Item[],
    rest: Pick<Match, 'isSet' | 'distance' | 'margin'>,
  ) => {
    for (const { id } of [...first, ...other]) if (!left.delete(id)) throw new Error(`item ${id} is claimed twice`)
    const minor = sumOf(other) - sumOf(first)
    matches.push({ rule, by, currency: first[0]!.currency, first: idsOf(first), other: idsOf(other), minor, ...rest })
  }

  const undone: Matching['undone'][number][] = []
  const times = new Map<string, number>()
  for (const id of fixed.flatMap((ids) => [...new Set(ids)])) times.set(id, (times.get(id) ?? 0) + 1)
  for (const itemIds of fixed) {
    const members = [...new Set(itemIds)].flatMap((id) => left.get(id) ?? [])
    const [first, other] = [members.filter(({ side }) => side === 0), members.filter(({ side }) => side !== 0)]
    if (itemIds.some((id) => times.get(id)! > 1)) undone.push({ itemIds, because: 'claimed_twice' })
    else if (members.length < new Set(itemIds).size) undone.push({ itemIds, because: 'item_gone' })
    else if (new Set(members.map(({ currency }) => currency)).size > 1) undone.push({ itemIds, because: 'currencies_differ' })
    else if (first.length === 0 || other.length === 0) undone.push({ itemIds, because: 'one_sided' })
    else
      claim('', 'person', first, other, {
        isSet: false,
        distance: { minor: abs(sumOf(other) - sumOf(first)), days: 0 },
        margin: null,
      })
  }

  const apart = new Set(forbidden.flatMap(([a, b]) => [`${a}\u0000${b}`, `${b}\u0000${a}`]))
  const touched = new Set(forbidden.flat())
  const isForbidden: MayMeet = (a, b) => apart.size > 0 && apart.has(`${a.id}\u0000${b.id}`)
  const ambiguous: Matching['ambiguous'][number][] = []
  const unsearched: Matching['unsearched'][number][] = []
  for (const rule of rules) {
    if (problemOf(rule) !== null) continue
    const search = searchOf(rule, [...left.values()], isForbidden, touched)
    for (const { first, other, ...rest } of search.found) claim(rule.name, 'rule', first, other, rest)
    for (const set of search.tied) {
      for (const { id } of [...set.first, ...set.other]) left.delete(id)
      ambiguous.push({ rule: rule.name, first: idsOf(set.first), other: idsOf(set.other) })
    }
    for (const { items, bound, max } of search.unsearched) unsearched.push({ rule: rule.name, itemIds: idsOf(items), bound, max })
  }
  return {
    matches: matches.sort((a, b) => byText(a.first[0]!, b.first[0]!)),
    ambiguous: ambiguous.sort((a, b) => byText(a.first[0]!, b.first[0]!)),
    unsearched: unsearched.filter(({ itemIds }) => itemIds.some((id) => left.has(id))),
    undone,
    open: [...left.keys()],
  }
}

function searchOf(rule: MatchRule, items: readonly Item[], isForbidden: MayMeet, touched: ReadonlySet<string>): Search {
  if (rule.cardinality === '1:1') return matchPairs(items, rule, isForbidden, touched)
  const [first, other] = [items.filter(({ side }) => side === 0), items.filter(({ side }) => side !== 0)]
  if (rule.cardinality === '1:N') return matchGroups(first, other, rule, isForbidden)
  if (rule.cardinality === 'N:1') return matchGroups(other, first, rule, isForbidden)
  return matchWhole(first, other, rule, isForbidden)
}

const idsOf = (items: readonly Item[]) => items.map(({ id }) => id).sort(byText)
const sumOf = (items: readonly Item[]) => items.reduce((sum, { minor }) => sum + minor, 0n)
const abs = (minor: bigint) => (minor < 0n ? -minor : minor)
