import type { Item } from './item.ts'
import { handleOf, type MatchRule } from './match-rule.ts'
import { append } from './match-search.ts'

/** Without what a sentence puts around them. */
const wordsOf = ({ reference }: Item): Set<string> =>
  new Set(
    (reference ?? '')
      .toUpperCase()
      .split(/[\s,;:()+]+/u)
      .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')),
  )

/** Shorter ones are in any text. */
const NAME_MIN = 4
const namesOf = ({ key, reference }: Item): string[] =>
  [...new Set([key.toUpperCase(), (reference ?? '').toUpperCase()])].filter((name) => name.length >= NAME_MIN)

/** Finds what an item names in its reference, or is named by, of one currency and whatever else must be equal. A few more than `max` at most. */
export function namedBy<T>(of: readonly T[], itemOf: (one: T) => Item, rule: MatchRule, max: number): (item: Item) => Set<T> {
  const [byName, byWord] = [new Map<string, T[]>(), new Map<string, T[]>()]
  const at = (item: Item, text: string) => `${handleOf(item, rule)}\u0000${text}`
  for (const one of of) {
    const item = itemOf(one)
    for (const name of namesOf(item)) append(byName, at(item, name), one)
    for (const word of wordsOf(item)) append(byWord, at(item, word), one)
  }
  return (item) => {
    const found = new Set<T>()
    const lists = [
      ...[...wordsOf(item)].map((word) => byName.get(at(item, word))),
      ...namesOf(item).map((name) => byWord.get(at(item, name))),
    ]
    for (const list of lists) {
      for (const one of list ?? []) {
        if (found.size <= max) found.add(one)
        else return found
      }
    }
    return found
  }
}
