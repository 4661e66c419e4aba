import type { Item } from './item.ts'
import type { Tolerance } from './tolerance.ts'

/**
 * One way in which items of both sides belong together. The currency must always be the same and the amounts within the tolerance;
 * nothing else makes up for that, however alike the texts are.
 */
export type MatchRule = {
  readonly name: string
  /** Items of the first side to items of the other. */
  readonly cardinality: '1:1' | '1:N' | 'N:1' | 'N:M'
  /** Must be there and the same on both sides. */
  readonly equal: readonly ('key' | 'reference' | 'group')[]
  /** The reference of one side has the key or the reference of the other in it, as a whole word. */
  readonly isNamed: boolean
  readonly tolerance: Tolerance
  /** How many days apart at most. Null: whenever. */
  readonly days: number | null
  /** How many items a group has at most, on each side. */
  readonly groupMax: number
}

export const GROUP_MAX = 1_000

export type RuleProblem =
  /** Amounts alone identify nothing. */
  | 'no_criteria'
  /** Sums that come out by chance prove nothing: what is put together must have a key, a reference or a name in common. */
  | 'group_without_key'
  /** Many to many is everything of one key: names are of single items. */
  | 'named_many_to_many'
  | 'days_wrong'
  | 'group_max_wrong'

/** Asked when a definition is read. A rule with a problem matches nothing. */
export function problemOf({ cardinality, equal, isNamed, days, groupMax }: MatchRule): RuleProblem | null {
  const hasKey = equal.includes('key') || equal.includes('reference')
  if (days !== null && !(Number.isInteger(days) && days >= 0)) return 'days_wrong'
  if (!hasKey && !isNamed && days === null) return 'no_criteria'
  if (cardinality === '1:1') return null
  if (!hasKey && !isNamed) return 'group_without_key'
  if (cardinality === 'N:M' && isNamed) return 'named_many_to_many'
  return Number.isInteger(groupMax) && groupMax >= 2 && groupMax <= GROUP_MAX ? null : 'group_max_wrong'
}

/** What must be equal, as one text; null where it is blank. */
export function handleOf(item: Item, { equal }: MatchRule): string | null {
  const parts = [item.currency]
  for (const field of equal) {
    const value = item[field]
    if (value === null || value === '') return null
    parts.push(value)
  }
  return parts.join('\u0000')
}

export const dayOf = ({ on }: Item): number | null => (on === null ? null : Date.parse(`${on}T00:00:00Z`) / 86_400_000)

/** Days between two items; null where they may not meet. */
export function daysApart(a: number | null, b: number | null, { days }: MatchRule): number | null {
  if (days === null) return a === null || b === null ? 0 : Math.abs(a - b)
  if (a === null || b === null) return null
  return Math.abs(a - b) <= days ? Math.abs(a - b) : null
}
