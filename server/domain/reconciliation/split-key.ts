import type { Because, Situation } from './difference.ts'
import { type Absent, inOrder, type KeyFacts } from './evidence.ts'
import { byText, type Item } from './item.ts'
import { pairUp } from './pair-up.ts'
import { isTranslation, type Rate, translate } from './rate.ts'
import { isWithin } from './tolerance.ts'

export type Place = Pick<Item, 'currency' | 'group'>
/** One part: items, and what it was concluded from. */
export type Emit = (
  place: Place,
  minor: bigint,
  count: number,
  items: readonly Item[],
  because: Because,
  evidenceIds?: readonly string[],
) => void
type IsNear = (wanted: bigint, actual: bigint, currency: string) => boolean

const EXACTLY: IsNear = (wanted, actual) => wanted === actual
const ROUNDING: Because = { kind: 'rounding' }
const currencyOf = ({ currency }: { readonly currency: string }) => currency
const cellOf = ({ currency, group }: Place) => `${currency}\u0000${group}`
const signOf = ({ side }: { readonly side: number }) => (side === 0 ? -1n : 1n)
/** The difference is what the side has less for it. */
const signOfAbsent = ({ side }: Absent) => (side === 0 ? 1n : -1n)
const countOf = ({ side }: Item) => (side === 0 ? -1 : 1)
const same = <T>(place: (of: T) => string | null) => [place, place] as const

/** What is under one key, the surest evidence first: each pass takes items out of the two sets, and what is left is unexplained. */
export class SplitKey {
  private readonly first: Set<Item>
  private readonly other: Set<Item>
  private readonly absent: Set<Absent>
  /** Items that the other side has too, or would have: a copy of one is a duplicate. */
  private readonly accounted: Item[] = []

  constructor(
    private readonly facts: KeyFacts,
    private readonly situation: Situation,
    private readonly emit: Emit,
  ) {
    const items = facts.items.length < 2 ? facts.items : [...facts.items].sort((a, b) => byText(a.id, b.id))
    this.first = new Set(items.filter(({ side }) => side === 0))
    this.other = new Set(items.filter(({ side }) => side !== 0))
    this.absent = new Set(inOrder(facts.absent))
  }

  split(): void {
    const isRounded: IsNear = (wanted, actual, currency) => isWithin(this.situation.rounding, currency, wanted, actual)
    this.tie((item) => [cellOf(item), this.isByHand(item), item.on, item.reference].join('\u0000'))
    this.tie((item) => [cellOf(item), this.isByHand(item)].join('\u0000'))
    this.tie(cellOf)
    this.replaced()
    this.join(currencyOf, EXACTLY)
    this.standIn(EXACTLY)
    this.changedByHand()
    this.join(cellOf, isRounded)
    this.otherRates()
    this.translated(EXACTLY)
    this.translated(isRounded)
    this.join(currencyOf, isRounded)
    this.standIn(isRounded)
    this.reversed(cellOf, EXACTLY)
    this.reversed(currencyOf, EXACTLY)
    this.reversed(cellOf, isRounded)
    this.reversed(currencyOf, isRounded)
    this.copies(EXACTLY)
    this.copies(isRounded)
    this.bookedByHand()
    this.rest()
  }

  /** The same amount, the most alike first: what was booked by hand with what was. */
  private tie(place: (item: Item) => string): void {
    for (const pair of pairUp(this.first, this.other, { places: same(place) })) this.accounted.push(...pair)
  }

  /** A record that would take the place of one that is there: it has the amount of the other side, or there it is gone already. */
  private replaced(): void {
    for (const { replaces, side, currency, minor, because, id } of this.facts.replacements) {
      const [here, there] = side === 0 ? [this.first, this.other] : [this.other, this.first]
      const old = [...here].find((item) => item.id === replaces)
      if (old === undefined) continue
      const fresh = [...there].find((item) => cellOf(item) === cellOf(old) && item.currency === currency && item.minor === minor)
      if (fresh !== undefined) {
        this.emit(old, signOf(old) * (old.minor - fresh.minor), 0, [old, fresh], because, [id])
        this.account(old, fresh)
      } else if (minor === null) {
        this.emit(old, signOf(old) * old.minor, countOf(old), [old], because, [id])
        this.account(old)
      }
    }
  }

  /** One thing on both sides, in another account group or off by a rounding. */
  private join(place: (item: Item) => string, isNear: IsNear): void {
    const how = { isNear: (wanted: bigint, actual: bigint, { currency }: Item) => isNear(wanted, actual, currency) }
    for (const [a, b] of pairUp(this.first, this.other, { places: same(place), ...how })) {
      this.move(a, b)
      this.emit(b, b.minor - a.minor, 0, [a, b], ROUNDING)
      this.account(a, b)
    }
  }

  private reversed(place: (item: Item) => string, isNear: IsNear): void {
    const how = {
      expected: ({ minor }: Item) => -minor,
      isNear: (wanted: bigint, actual: bigint, { currency }: Item) => isNear(wanted, actual, currency),
    }
    for (const [a, b] of pairUp(this.first, this.other, { places: same(place), ...how })) {
      this.move(a, b)
      this.emit(b, -2n * a.minor, 0, [a, b], { kind: 'sign_reversed' })
      this.emit(b, b.minor + a.minor, 0, [a, b], ROUNDING)
      this.account(a, b)
    }
  }

  /** The amount of `item` goes from its account group to that of its partner; nothing where they are the same. */
  private move(item: Item, partner: Item): void {
    if (item.group === partner.group) return
    const [from, to] = item.side === 0 ? [item.group, partner.group] : [partner.group, item.group]
    const because: Because = { kind: 'other_group', from, to }
    this.emit(item, signOf(item) * item.minor, countOf(item), [item, partner], because)
    this.emit({ ...item, group: partner.group }, -signOf(item) * item.minor, -countOf(item), [item, partner], because)
  }

  /** Items that the other side would have, were it not for what is known. */
  private standIn(isNear: IsNear): void {
    for (const items of [this.first, this.other]) {
      const pairs = pairUp(items, this.absent, {
        places: [currencyOf, (record) => (record.because !== null && this.standsFor(record) === items ? record.currency : null)],
        isNear: (wanted, actual, item) => isNear(wanted, actual, item.currency),
      })
      for (const [item, record] of pairs) this.takes(item, record.minor, record.because ?? ROUNDING, record.id)
    }
  }
  private standsFor({ side }: Absent): Set<Item> {
    return side === 0 ? this.other : this.first
  }

  /** Of the item, `minor` is because of the evidence; what it is off beyond that is rounding. */
  private takes(item: Item, minor: bigint, because: Because, evidenceId: string): void {
    this.emit(item, signOf(item) * minor, countOf(item), [item], because, [evidenceId])
    this.emit(item, signOf(item) * (item.minor - minor), 0, [item], ROUNDING, [evidenceId])
    this.account(item)
  }

  /** An item that was what the other side still has, until somebody changed it by hand. */
  private changedByHand(): void {
    for (const [items, partners] of [
      [this.first, this.other],
      [this.other, this.first],
    ] as const) {
      const pairs = pairUp(items, partners, {
        places: [(item) => (this.isByHand(item) ? cellOf(item) : null), cellOf],
        expected: ({ was = null }) => was,
      })
      for (const [item, partner] of pairs) {
        const difference = signOf(item) * (item.minor - partner.minor)
        this.emit(item, difference, 0, [item, partner], { kind: 'adjustment', status: item.status })
        this.account(item, partner)
      }
    }
  }

  /** The same original translated at different rates, both of the table. */
  private otherRates(): void {
    const rateOf = ({ original, currency, minor }: Item) =>
      original &&
      this.situation.rates.find(
        (rate) =>
          rate.from === original.currency &&
          rate.to === currency &&
          isTranslation(original.minor, minor, rate, this.situation.digits),
      )
    const place = (item: Item) =>
      rateOf(item) ? `${cellOf(item)}\u0000${item.original?.currency} ${item.original?.minor}` : null
    for (const [a, b] of pairUp(this.first, this.other, { places: same(place), isNear: () => true })) {
      this.emit(b, b.minor - a.minor, 0, [a, b], { kind: 'rate', rates: [rateOf(a), rateOf(b)].filter((rate) => rate != null) })
      this.account(a, b)
    }
  }

  /** The same thing in another currency, at a rate of the table: among the items, or outside the slice. */
  private translated(isNear: IsNear): void {
    const currencies = new Set([...this.first, ...this.other, ...this.absent].map(currencyOf))
    if (currencies.size < 2) return
    const { rates, digits } = this.situation
    for (const rate of rates.filter(({ from, to }) => currencies.has(from) && currencies.has(to))) {
      const how = {
        expected: ({ minor }: Item) => translate(minor, rate, digits),
        isNear: (wanted: bigint, actual: bigint, { minor }: Item) =>
          isTranslation(minor, actual, rate, digits) || isNear(wanted, actual, rate.to),
      }
      const inCurrency = (currency: string, placeOf: (item: Item) => string) => (item: Item) =>
        item.currency === currency ? placeOf(item) : null
      for (const items of [this.first, this.other]) {
        const partners = items === this.first ? this.other : this.first
        // In the account group of its own before in another.
        for (const placeOf of [({ group }: Item) => group, () => '']) {
          const places = [inCurrency(rate.from, placeOf), inCurrency(rate.to, placeOf)] as const
          for (const [item, partner] of pairUp(items, partners, { ...how, places })) this.across(item, partner, rate)
        }
        const isThere = (record: Absent) => this.standsFor(record) === items && record.currency === rate.to
        const places = [inCurrency(rate.from, () => ''), (record: Absent) => (isThere(record) ? '' : null)] as const
        for (const [item, record] of pairUp(items, this.absent, { ...how, places })) {
          this.takes(item, item.minor, record.because ?? { kind: 'rate', rates: [rate] }, record.id)
        }
      }
    }
  }

  private across(item: Item, partner: Item, rate: Rate): void {
    const because: Because = { kind: 'rate', rates: [rate] }
    const { digits } = this.situation
    const amount = isTranslation(item.minor, partner.minor, rate, digits) ? partner.minor : translate(item.minor, rate, digits)
    const both = [item, partner]
    this.move(item, partner)
    this.emit({ ...item, group: partner.group }, signOf(item) * item.minor, countOf(item), both, because)
    this.emit(partner, signOf(partner) * amount, countOf(partner), both, because)
    this.emit(partner, signOf(partner) * (partner.minor - amount), 0, both, ROUNDING)
    this.account(item, partner)
  }

  /** What is on one side once more than on the other: of the first side only where the key names one record. */
  private copies(isNear: IsNear): void {
    for (const items of this.situation.isKeyUnique ? [this.first, this.other] : [this.other]) {
      for (;;) {
        const twins = new Set(this.accounted.filter(({ side }) => (side === 0) === (items === this.first)))
        const pairs = pairUp(items, twins, { places: same(currencyOf), isNear: (a, b, { currency }) => isNear(b, a, currency) })
        if (pairs.length === 0) break
        for (const [item, twin] of pairs) this.takes(item, twin.minor, { kind: 'duplicate' }, twin.id)
      }
    }
  }

  private bookedByHand(): void {
    for (const item of [...this.first, ...this.other]) {
      if (!this.isByHand(item)) continue
      this.emit(item, signOf(item) * item.minor, countOf(item), [item], { kind: 'adjustment', status: item.status })
      this.account(item)
    }
  }

  /** What is left in a currency and account group: one sum where both sides have something, else item by item. */
  private rest(): void {
    const cells = new Map<string, Item[]>()
    for (const item of [...this.first, ...this.other]) {
      if (!cells.get(cellOf(item))?.push(item)) cells.set(cellOf(item), [item])
    }
    for (const [, items] of [...cells].sort(([a], [b]) => byText(a, b))) {
      const place = items[0]!
      const minor = items.reduce((sum, item) => sum + signOf(item) * item.minor, 0n)
      const count = items.reduce((sum, item) => sum + countOf(item), 0)
      const evidence = this.evidenceFor(place.currency, minor)
      for (const [i, record] of evidence.entries()) {
        this.absent.delete(record)
        this.emit(place, signOfAbsent(record) * record.minor, i === 0 ? count : 0, items, record.because!, [record.id])
      }
      if (evidence.length > 0) continue
      const seen = [...this.absent].map(({ id }) => id)
      const isOnBoth = items.some(({ side }) => side === 0) && items.some(({ side }) => side !== 0)
      if (isOnBoth) this.emit(place, minor, count, items, { kind: minor === 0n ? 'other_count' : 'amount_differs' }, seen)
      else
        for (const item of items) {
          this.emit(
            item,
            signOf(item) * item.minor,
            countOf(item),
            [item],
            { kind: item.side === 0 ? 'missing' : 'surplus' },
            seen,
          )
        }
    }
  }

  /** One absent record that is exactly the difference, or all of them together. */
  private evidenceFor(currency: string, difference: bigint): readonly Absent[] {
    if (difference === 0n) return []
    const known = [...this.absent].filter((record) => record.because !== null && record.currency === currency)
    const one = known.find((record) => signOfAbsent(record) * record.minor === difference)
    if (one !== undefined) return [one]
    return known.reduce((sum, record) => sum + signOfAbsent(record) * record.minor, 0n) === difference ? known : []
  }

  private isByHand({ status }: Item): boolean {
    return this.situation.adjustments.has(status)
  }
  private account(...items: Item[]): void {
    for (const item of items) {
      this.first.delete(item)
      this.other.delete(item)
      this.accounted.push(item)
    }
  }
}
