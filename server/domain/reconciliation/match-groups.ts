import { type Item, magnitude } from './item.ts'
import type { Distance } from './match.ts'
import { type Found, groupBy, type MayMeet, type Search, type Tied, type Unsearched } from './match-search.ts'
import { dayOf, daysApart, handleOf, type MatchRule } from './match-rule.ts'
import { namedBy } from './names.ts'
import { type Candidate, settle } from './settle.ts'
import { subsetSums } from './subset-sums.ts'
import { isWithin, slackOf } from './tolerance.ts'

/** What one item has its key in common with: more than these are not even compared by date. */
export const NEAR_MAX = 2_000
/** Of one item: how many others its sum is looked for among, and how many steps that may take. */
export const CANDIDATES_MAX = 40
export const STEPS_MAX = 20_000
/** Of all items of a rule together. */
export const RULE_STEPS_MAX = 20_000_000

type Group = { readonly one: Item; readonly many: readonly Item[] }

/** One item of a side that several of the other make up: all that have its key, or some of them. */
export function matchGroups(ones: readonly Item[], manies: readonly Item[], rule: MatchRule, isForbidden: MayMeet): Search {
  const items = [...ones, ...manies]
  const nodeOf = new Map(items.map((item, node) => [item, node]))
  const days = items.map(dayOf)
  const candidates: Candidate<Group>[] = []
  const unsearched: Unsearched[] = []
  const budget = { steps: RULE_STEPS_MAX }
  for (const { one, near } of nearTo(ones, manies, rule)) {
    if (near.length > NEAR_MAX) {
      unsearched.push({ items: [one], bound: 'candidates', max: NEAR_MAX })
      continue
    }
    const day = days[nodeOf.get(one)!]!
    const many = near.filter((item) => daysApart(day, days[nodeOf.get(item)!]!, rule) !== null && !isForbidden(one, item))
    const groups = groupsOf(one, many, rule, budget)
    if (Array.isArray(groups)) {
      for (const group of groups) {
        const nodes = [one, ...group].map((item) => nodeOf.get(item)!)
        candidates.push({ nodes, distance: distanceOf([one], group), isOne: true, of: { one, many: group } })
      }
    } else unsearched.push({ items: [one], ...groups })
  }
  // Where the steps of the rule ran out depends on the order, so then nothing of its search counts.
  if (budget.steps < 0) return { found: [], tied: [], unsearched: [{ items: ones, bound: 'steps', max: RULE_STEPS_MAX }] }
  const { chosen, tied } = settle(candidates, items.length)
  const sides = (one: readonly Item[], many: readonly Item[]): Tied =>
    rule.cardinality === 'N:1' ? { first: many, other: one } : { first: one, other: many }
  return {
    found: chosen.map(({ of, distance, margin }) => ({ ...sides([of.one], of.many), isSet: false, distance, margin })),
    tied: tied.map((nodes) => {
      const isOne = (node: number) => node < ones.length
      const itemOf = (node: number) => items[node]!
      return sides(nodes.filter(isOne).map(itemOf), nodes.filter((node) => !isOne(node)).map(itemOf))
    }),
    unsearched,
  }
}

/** What could be a part of each, before dates are looked at. */
function* nearTo(
  ones: readonly Item[],
  manies: readonly Item[],
  rule: MatchRule,
): Generator<{ one: Item; near: readonly Item[] }> {
  const nameOf = rule.isNamed ? namedBy(manies, (item) => item, rule, NEAR_MAX) : null
  const byHandle = handled(manies, rule)
  for (const one of ones) {
    const handle = handleOf(one, rule)
    if (handle !== null) yield { one, near: nameOf ? [...nameOf(one)] : (byHandle.get(handle) ?? []) }
  }
}
const handled = (items: readonly Item[], rule: MatchRule) =>
  groupBy(
    items.filter((item) => handleOf(item, rule) !== null),
    (item) => handleOf(item, rule)!,
  )

function groupsOf(
  one: Item,
  many: readonly Item[],
  rule: MatchRule,
  budget: { steps: number },
): Item[][] | Omit<Unsearched, 'items'> {
  if (many.length < 2) return []
  const isFirst = rule.cardinality === '1:N'
  const isNear = (sum: bigint) => isWithin(rule.tolerance, one.currency, isFirst ? one.minor : sum, isFirst ? sum : one.minor)
  // All that has the key leaves nothing over, and no sum of some of it is as good.
  if (many.length <= rule.groupMax && isNear(sumOf(many))) return [[...many]]
  if (many.length > CANDIDATES_MAX) return { bound: 'candidates', max: CANDIDATES_MAX }
  const slack = slackOf(rule.tolerance, one.currency, one.minor)
  const found = subsetSums(
    many.map(({ minor }) => minor),
    one.minor,
    { sizeMax: rule.groupMax, slack, isNear, budget, stepsMax: STEPS_MAX },
  )
  return found?.map((places) => places.map((place) => many[place]!)) ?? { bound: 'steps', max: STEPS_MAX }
}

/** Many to many: all of one key on both sides. Which of them make up which is not asked. */
export function matchWhole(first: readonly Item[], other: readonly Item[], rule: MatchRule, isForbidden: MayMeet): Search {
  const others = handled(other, rule)
  const found: Found[] = []
  const unsearched: Unsearched[] = []
  for (const [handle, firsts] of handled(first, rule)) {
    const seconds = others.get(handle)
    if (seconds === undefined || !isWithin(rule.tolerance, firsts[0]!.currency, sumOf(firsts), sumOf(seconds))) continue
    if (Math.max(firsts.length, seconds.length) > rule.groupMax) {
      unsearched.push({ items: [...firsts, ...seconds], bound: 'candidates', max: rule.groupMax })
      continue
    }
    const distance = distanceOf(firsts, seconds)
    const areDated = [...firsts, ...seconds].every(({ on }) => on !== null)
    if (rule.days !== null && !(areDated && distance.days <= rule.days)) continue
    if (firsts.some((a) => seconds.some((b) => isForbidden(a, b)))) continue
    found.push({ first: firsts, other: seconds, isSet: false, distance, margin: null })
  }
  return { found, tied: [], unsearched }
}

const sumOf = (items: readonly Item[]) => items.reduce((sum, { minor }) => sum + minor, 0n)

/** The days are those between the two items that are farthest apart. */
function distanceOf(first: readonly Item[], other: readonly Item[]): Distance {
  const daysOf = (items: readonly Item[]) => items.map(dayOf).filter((day) => day !== null)
  const [a, b] = [daysOf(first), daysOf(other)]
  const days = a.length * b.length === 0 ? 0 : Math.max(Math.max(...a) - Math.min(...b), Math.max(...b) - Math.min(...a))
  return { minor: magnitude(sumOf(other) - sumOf(first)), days }
}
