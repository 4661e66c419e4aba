import { BUCKET_OF, type Because, type Part, type Situation } from './difference.ts'
import { factsByKey } from './evidence.ts'
import { byId, byText, type Item } from './item.ts'
import type { Match } from './match.ts'
import { countOf, type Emit, isByHand, signOf } from './open-key.ts'
import { splitKey } from './split-key.ts'

/**
 * Splits the difference of a side to the first into signed parts, for every currency and account group of the items. The parts sum to
 * the difference exactly, in money and in records: each item gives its amount to parts once, and what no evidence takes is unexplained.
 *
 * Evidence takes what it shows by key and amount, and nothing near it: a rejected record of 90 says nothing of a line of 100 that is
 * missing. What is alike in key and amount is interchangeable, so the order of the items decides nothing.
 */
export function splitDifference(situation: Situation): Part[] {
  const parts: Part[] = []
  const emit: Emit = ({ currency, group }, minor, count, items, because, evidenceIds = []) => {
    if (minor === 0n && count === 0) return
    const itemIds = items.map(({ id }) => id).sort(byText)
    parts.push({ bucket: BUCKET_OF[because.kind], currency, group, minor, count, itemIds, evidenceIds, because })
  }
  const matchOf = new Map(
    situation.matches.flatMap((match) => [...match.first, ...match.other].map((id) => [id, match] as const)),
  )
  const matched = new Map<Match, Item[]>()
  const unmatched: Item[] = []
  // In the order of ids, which decides only what of interchangeable items is named.
  for (const item of byId(situation.items)) {
    const match = matchOf.get(item.id)
    if (match === undefined && item.key === '') emitAlone(item, situation, emit)
    else if (match === undefined) unmatched.push(item)
    else if (!matched.get(match)?.push(item)) matched.set(match, [item])
  }
  // Where several rates come to the same amount the oldest is named, whatever order they came in.
  const governed = {
    ...situation,
    rates: [...situation.rates].sort((a, b) => byText(a.on, b.on) || byText(a.version, b.version)),
  }
  for (const [match, items] of matched) splitMatch(match, items, emit)
  for (const facts of factsByKey(unmatched, situation)) splitKey(facts, governed, emit)
  return parts
}

/** Without a key nothing can be known of it but what it says itself. */
function emitAlone(item: Item, situation: Situation, emit: Emit): void {
  const hint: Because = { kind: item.side === 0 ? 'missing' : 'surplus' }
  const because: Because = isByHand(item, situation) ? { kind: 'adjustment', status: item.status } : hint
  emit(item, signOf(item) * item.minor, countOf(item), [item], because)
}

/** What a rule let pass is within its tolerance; what a person put together may differ, and that is still to be explained. */
function splitMatch({ rule, by, currency }: Match, items: readonly Item[], emit: Emit): void {
  const groupsOf = (isFirst: boolean) =>
    [...new Set(items.filter(({ side }) => (side === 0) === isFirst).map(({ group }) => group))].sort(byText)
  const [from, to] = [groupsOf(true), groupsOf(false)]
  let rest = items.reduce((sum, item) => sum + signOf(item) * item.minor, 0n)
  for (const group of [...new Set([...to, ...from])]) {
    const place = { currency, group }
    emit(place, rest, 0, items, by === 'rule' ? { kind: 'matched', rule } : { kind: 'amount_differs' })
    const here = items.filter((item) => item.group === group)
    const moved = here.reduce((sum, item) => sum + signOf(item) * item.minor, -rest)
    const count = here.reduce((sum, item) => sum + countOf(item), 0)
    const because: Because =
      from.length + to.length > 2 || from[0] !== to[0]
        ? { kind: 'other_group', from: from.join(', '), to: to.join(', ') }
        : { kind: 'other_count' }
    emit(place, moved, count, items, because)
    rest = 0n
  }
}
