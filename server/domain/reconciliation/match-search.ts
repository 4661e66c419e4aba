import type { Item } from './item.ts'
import type { Distance } from './match.ts'

export type Tied = { readonly first: readonly Item[]; readonly other: readonly Item[] }
export type Found = Tied & {
  readonly isSet: boolean
  readonly distance: Distance
  readonly margin: Distance | null
}
/** What was not looked through, and which bound stopped it. */
export type Unsearched = {
  readonly items: readonly Item[]
  readonly bound: 'pairs' | 'candidates' | 'steps'
  readonly max: number
}
/** What one rule comes to. */
export type Search = {
  readonly found: readonly Found[]
  readonly tied: readonly Tied[]
  readonly unsearched: readonly Unsearched[]
}
export type MayMeet = (a: Item, b: Item) => boolean

export function groupBy<T>(of: readonly T[], nameOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of of) append(groups, nameOf(one), one)
  return groups
}

export function append<T>(lists: Map<string, T[]>, name: string, one: T): void {
  const list = lists.get(name)
  if (list) list.push(one)
  else lists.set(name, [one])
}
