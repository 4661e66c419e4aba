import type { Because, Elsewhere, Situation } from './difference.ts'
import { byAmount, byId, byText, type Item } from './item.ts'
import { pairUp } from './pair-up.ts'

/** A record that is not among the items: what its side would have, were it not for `because`. */
export type Absent = {
  readonly id: string
  readonly side: number
  readonly currency: string
  readonly minor: bigint
  /** Null: nothing but the currency differs, and a rate has to say so. */
  readonly because: Because | null
}

/** What would take the place of an item of its side; null: nothing would, it is withdrawn. */
export type Replacement = Omit<Absent, 'minor'> & {
  readonly minor: bigint | null
  readonly replaces: string
  readonly because: Because
}

/** All that is known under one key. */
export type KeyFacts = { readonly items: Item[]; readonly absent: Absent[]; readonly replacements: Replacement[] }

/** By key, for the keys that items have: of others there is nothing to explain. */
export function factsByKey(items: readonly Item[], { elsewhere, waiting, inFlight }: Situation): KeyFacts[] {
  const keys = new Map<string, KeyFacts>()
  for (const item of items) {
    const facts = keys.get(item.key)
    if (facts) facts.items.push(item)
    else keys.set(item.key, { items: [item], absent: [], replacements: [] })
  }
  const add = (key: string, record: Omit<Replacement, 'replaces'>, replaces: string | undefined) => {
    const { minor } = record
    if (replaces !== undefined) keys.get(key)?.replacements.push({ ...record, replaces })
    else if (minor !== null) keys.get(key)?.absent.push({ ...record, minor })
  }
  for (const line of unpaired(elsewhere.filter(({ key }) => keys.has(key)))) {
    const { id, side, key, currency, minor } = line
    keys.get(key)?.absent.push({ id, side, currency, minor, because: becauseOf(line) })
  }
  for (const { id, side, key, currency, minor, replaces, exceptionIds } of byId(waiting)) {
    add(key, { id, side, currency, minor, because: { kind: 'rejected', exceptionIds } }, replaces)
  }
  for (const { id, side, key, currency, minor, replaces, runId, why } of byId(inFlight)) {
    add(key, { id, side, currency, minor, because: { kind: 'in_flight', runId, why } }, replaces)
  }
  return [...keys.values()]
}

/** What ties where it stands is no evidence: last month's rent says nothing of this month's, though account and amount are the same. */
function unpaired(elsewhere: readonly Elsewhere[]): Elsewhere[] {
  const sorted = byId(elsewhere)
  const first = new Set(sorted.filter(({ side }) => side === 0))
  const other = new Set(sorted.filter(({ side }) => side !== 0))
  const place = ({ key, currency, entity, period }: Elsewhere) => [key, currency, entity, period].join('\u0000')
  pairUp(first, other, { places: [place, place] })
  return [...first, ...other]
}

/** In the wrong place before at the wrong time: a line of another entity is not cleared by waiting for the next period. */
function becauseOf({ entity, group, period }: Pick<Elsewhere, 'entity' | 'group' | 'period'>): Because | null {
  if (entity !== undefined) return { kind: 'other_entity', entity }
  if (group !== undefined) return { kind: 'other_group', from: '', to: group }
  return period === undefined ? null : { kind: 'other_period', period }
}

/** Where several explain the same: what is somewhere, before what waits for a person, before what comes by itself. */
const ORDER: readonly Because['kind'][] = ['other_period', 'other_entity', 'other_group', 'rejected', 'in_flight']
const rankOf = ({ because }: Absent) => (because === null ? ORDER.length : ORDER.indexOf(because.kind))

/** In an order that does not depend on how it came. */
export const inOrder = (absent: readonly Absent[]): Absent[] =>
  [...absent].sort((a, b) => rankOf(a) - rankOf(b) || byAmount(a.minor, b.minor) || byText(a.id, b.id))
