import type { Situation } from './difference.ts'
import type { Absent, KeyFacts } from './evidence.ts'
import { byText, type Item } from './item.ts'
import { cellOf, countOf, currencyOf, type Emit, OpenKey, signOf } from './open-key.ts'
import { pairUp } from './pair-up.ts'
import { type IsNear, splitOtherRates, splitTranslated } from './split-rates.ts'
import { isWithin } from './tolerance.ts'

type PlaceOf = (item: Item) => string

/** Splits what is under one key, the surest evidence first: each pass takes items out, and what is left is unexplained. */
export function splitKey(facts: KeyFacts, situation: Situation, emit: Emit): void {
  const key = new OpenKey(facts, situation, emit)
  const isRounded: IsNear = (wanted, actual, currency) => isWithin(situation.rounding, currency, wanted, actual)
  // Equal ones tie, the most alike first: what was booked by hand with what was.
  ties(key, (item) => [cellOf(item), key.isByHand(item), item.on, item.reference].join('\u0000'))
  ties(key, (item) => [cellOf(item), key.isByHand(item)].join('\u0000'))
  ties(key, cellOf)
  if (key.first.size + key.other.size === 0) return
  replaced(key)
  moved(key, EXACTLY)
  missed(key, EXACTLY)
  for (const place of [cellOf, currencyOf]) changedByHand(key, place)
  rounded(key, isRounded)
  splitOtherRates(key)
  splitTranslated(key, EXACTLY)
  splitTranslated(key, isRounded)
  moved(key, isRounded)
  missed(key, isRounded)
  for (const isNear of [EXACTLY, isRounded]) for (const place of [cellOf, currencyOf]) reversed(key, place, isNear)
  for (const isNear of [EXACTLY, isRounded]) copies(key, isNear)
  for (const item of [...key.first, ...key.other]) {
    if (key.isByHand(item)) key.take(item, { kind: 'adjustment', status: item.status })
  }
  unexplained(key)
}
const EXACTLY: IsNear = (wanted, actual) => wanted === actual

function ties(key: OpenKey, place: PlaceOf): void {
  for (const [a, b] of pairUp(key.first, key.other, { places: [place, place] })) key.tie(a, b)
}

/** In another account group. */
function moved(key: OpenKey, isNear: IsNear): void {
  for (const [a, b] of alike(key, currencyOf, isNear)) key.join(a, b)
}
function rounded(key: OpenKey, isNear: IsNear): void {
  for (const [a, b] of alike(key, cellOf, isNear)) key.join(a, b)
}
const alike = (key: OpenKey, place: PlaceOf, isNear: IsNear) =>
  pairUp(key.first, key.other, {
    places: [place, place],
    isNear: (wanted, actual, { currency }) => isNear(wanted, actual, currency),
  })

/** A record that would take the place of one that is there: it has the amount of the other side, or there it is gone already. */
function replaced(key: OpenKey): void {
  for (const { replaces, side, currency, minor, because, id } of key.replacements) {
    const [here, there] = side === 0 ? [key.first, key.other] : [key.other, key.first]
    const old = [...here].find((item) => item.id === replaces)
    if (old === undefined) continue
    const fresh = [...there].find((item) => cellOf(item) === cellOf(old) && item.currency === currency && item.minor === minor)
    if (fresh !== undefined) key.join(...inOrder(old, fresh), because, undefined, [id])
    else if (minor === null) key.take(old, because, old.minor, [id])
  }
}
const inOrder = (a: Item, b: Item): [Item, Item] => (a.side === 0 ? [a, b] : [b, a])

/** What the other side would have, were it not for what is known. */
function missed(key: OpenKey, isNear: IsNear): void {
  for (const [items] of key.sides) {
    const isFor = (record: Absent) => record.because !== null && key.standsFor(record) === items
    const pairs = pairUp(items, key.absent, {
      places: [currencyOf, (record) => (isFor(record) ? record.currency : null)],
      isNear: (wanted, actual, { currency }) => isNear(wanted, actual, currency),
    })
    for (const [item, { because, minor, id }] of pairs) if (because !== null) key.take(item, because, minor, [id])
  }
}

/** It was what the other side still has, until somebody changed it. */
function changedByHand(key: OpenKey, place: PlaceOf): void {
  for (const [items, partners] of key.sides) {
    const pairs = pairUp(items, partners, {
      places: [(item) => (key.isByHand(item) ? place(item) : null), place],
      expected: ({ was = null }) => was,
    })
    for (const [item, partner] of pairs) key.join(...inOrder(item, partner), { kind: 'adjustment', status: item.status })
  }
}

function reversed(key: OpenKey, place: PlaceOf, isNear: IsNear): void {
  const pairs = pairUp(key.first, key.other, {
    places: [place, place],
    expected: ({ minor }) => -minor,
    isNear: (wanted, actual, { currency }) => isNear(wanted, actual, currency),
  })
  for (const [a, b] of pairs) key.join(a, b, { kind: 'sign_reversed' }, -2n * a.minor)
}

/** What one side has once more than the other: of the first only where the key names one record, else the other may lack one. */
function copies(key: OpenKey, isNear: IsNear): void {
  for (const items of key.situation.isKeyUnique ? [key.first, key.other] : [key.other]) {
    for (;;) {
      const twins = new Set(key.accounted.filter(({ side }) => (side === 0) === (items === key.first)))
      const pairs = pairUp(items, twins, {
        places: [currencyOf, currencyOf],
        isNear: (copy, twin, { currency }) => isNear(twin, copy, currency),
      })
      if (pairs.length === 0) break
      for (const [item, twin] of pairs) key.take(item, { kind: 'duplicate' }, twin.minor, [twin.id])
    }
  }
}

/** What is left in a currency and account group: one sum where both sides have something, else item by item. */
function unexplained(key: OpenKey): void {
  const cells = new Map<string, Item[]>()
  for (const item of [...key.first, ...key.other]) {
    if (!cells.get(cellOf(item))?.push(item)) cells.set(cellOf(item), [item])
  }
  for (const [, items] of [...cells].sort(([a], [b]) => byText(a, b))) {
    const place = items[0]!
    const minor = items.reduce((sum, item) => sum + signOf(item) * item.minor, 0n)
    const count = items.reduce((sum, item) => sum + countOf(item), 0)
    const covering = coveredBy(key, place.currency, minor)
    for (const [i, { because, id, ...record }] of covering.entries()) {
      if (because !== null) key.emit(place, -signOf(record) * record.minor, i === 0 ? count : 0, items, because, [id])
    }
    for (const record of covering) key.absent.delete(record)
    if (covering.length > 0) continue
    const seen = [...key.absent].map(({ id }) => id)
    const areOnBoth = new Set(items.map(signOf)).size === 2
    if (areOnBoth) key.emit(place, minor, count, items, { kind: minor === 0n ? 'other_count' : 'amount_differs' }, seen)
    else for (const item of items) key.take(item, { kind: item.side === 0 ? 'missing' : 'surplus' }, item.minor, seen)
  }
}

/** One absent record that is exactly the difference of sums, or all of them together. */
function coveredBy({ absent }: OpenKey, currency: string, difference: bigint): readonly Absent[] {
  if (difference === 0n) return []
  const known = [...absent].filter((record) => record.because !== null && record.currency === currency)
  const lacks = (record: Absent) => -signOf(record) * record.minor
  const one = known.find((record) => lacks(record) === difference)
  if (one !== undefined) return [one]
  return known.reduce((sum, record) => sum + lacks(record), 0n) === difference ? known : []
}
