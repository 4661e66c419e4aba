import { KEY_SEPARATOR, type Compared } from '#db/queries/comparison-sides.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import type { Candidate } from './candidates.ts'

type Item = Candidate['item']
type Found = Pick<Item, 'key' | 'currency' | 'minor'>

/**
 * Where the account is a part of the key, a record on another account has another key, and would be evidence of nothing. So it is looked for
 * without the account, and counts for the one item of another side that has its exact amount; where several have, it says nothing.
 */
export function otherAccounts(compared: Compared, candidates: readonly Candidate[]) {
  const { definition } = compared
  const at = namesItems(definition.key) ? definition.key.indexOf('account') : -1
  const bareOf = (key: string) => (at === -1 ? key : key.split(KEY_SEPARATOR).toSpliced(at, 1).join(KEY_SEPARATOR))
  const accountOf = ({ key }: Item) => `account ${key.split(KEY_SEPARATOR)[at]}`
  const keys = new Set(candidates.map(({ item }) => `${item.side} ${item.key}`))
  const placeOf = (bare: string, { currency, minor }: Omit<Found, 'key'>) => JSON.stringify([bare, currency, `${minor}`])
  const byPlace = new Map<string, Item[]>()
  for (const { item } of candidates) {
    const place = placeOf(bareOf(item.key), item)
    if (!byPlace.get(place)?.push(item)) byPlace.set(place, [item])
  }
  return {
    bareOf,
    /** What is compared, but for the account in its key. */
    bare: at === -1 ? compared : { ...compared, definition: { ...definition, key: definition.key.toSpliced(at, 1) } },
    /** The key as it is compared, of a record whose account is known. */
    keyOf: (bare: string, account: string) =>
      at === -1 ? bare : bare.split(KEY_SEPARATOR).toSpliced(at, 0, account).join(KEY_SEPARATOR),
    /** The key of the one item of another side that has the amount. */
    keyLike(side: number, { key, ...amount }: Found): string | undefined {
      if (at === -1) return key
      const found = (byPlace.get(placeOf(key, amount)) ?? []).filter((item) => item.side !== side)
      return found.length === 1 ? found[0]!.key : undefined
    },
    /** Items that stand on one account on the first side and on another on this one. */
    pairs(side: number) {
      if (at === -1) return []
      return [...byPlace.values()].flatMap((alike) => {
        const [first, ...more] = alike.filter((item) => item.side === 0 && !keys.has(`${side} ${item.key}`))
        const [other, ...others] = alike.filter((item) => item.side === side && !keys.has(`0 ${item.key}`))
        if (!first || !other || more.length + others.length > 0) return []
        return [
          { of: first, at: other, group: accountOf(other) },
          { of: other, at: first, group: accountOf(first) },
        ]
      })
    },
  }
}
