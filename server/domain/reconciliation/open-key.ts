import type { Because, Situation } from './difference.ts'
import { type Absent, inOrder, type KeyFacts } from './evidence.ts'
import type { Item } from './item.ts'

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

export const ROUNDING: Because = { kind: 'rounding' }
export const currencyOf = ({ currency }: Pick<Place, 'currency'>) => currency
export const cellOf = ({ currency, group }: Place) => `${currency}\u0000${group}`
export const signOf = ({ side }: Pick<Item, 'side'>) => (side === 0 ? -1n : 1n)
export const countOf = ({ side }: Pick<Item, 'side'>) => (side === 0 ? -1 : 1)
export const isByHand = ({ side, status }: Item, { adjustments }: Situation) =>
  (side === 0 ? adjustments.first : adjustments.other).has(status)

/**
 * What is under one key and not yet split. Whatever is taken out gives exactly its own signed amount, and one record, to parts: that is
 * why the parts sum to the difference whatever the passes over it find.
 */
export class OpenKey {
  readonly first: Set<Item>
  readonly other: Set<Item>
  readonly absent: Set<Absent>
  readonly replacements: KeyFacts['replacements']
  /** Taken out: the other side has it too, or would have. A copy of one is a duplicate. */
  readonly accounted: Item[] = []

  constructor(
    { items, absent, replacements }: KeyFacts,
    readonly situation: Situation,
    readonly emit: Emit,
  ) {
    this.first = new Set(items.filter(({ side }) => side === 0))
    this.other = new Set(items.filter(({ side }) => side !== 0))
    this.absent = new Set(inOrder(absent))
    this.replacements = replacements
  }

  get sides(): readonly (readonly [Set<Item>, Set<Item>])[] {
    return [
      [this.first, this.other],
      [this.other, this.first],
    ]
  }
  isByHand(item: Item): boolean {
    return isByHand(item, this.situation)
  }
  /** The items that an absent record is missed by. */
  standsFor({ side }: Absent): Set<Item> {
    return side === 0 ? this.other : this.first
  }

  /** They are equal. */
  tie(a: Item, b: Item): void {
    for (const item of [a, b]) {
      this.first.delete(item)
      this.other.delete(item)
      this.accounted.push(item)
    }
  }

  /**
   * One thing on both sides, of one currency: from the account group that the first side has it in to that of the other, and what its
   * amount differs by there. What is not `because` is rounding.
   */
  join(a: Item, b: Item, because: Because = ROUNDING, minor = b.minor - a.minor, evidenceIds: readonly string[] = []): void {
    this.move(a, b)
    this.emit(b, minor, 0, [a, b], because, evidenceIds)
    this.emit(b, b.minor - a.minor - minor, 0, [a, b], ROUNDING, evidenceIds)
    this.tie(a, b)
  }

  /** The amount of an item goes from its account group to that of its partner. */
  move(item: Item, partner: Item): void {
    if (item.group === partner.group) return
    const [from, to] = item.side === 0 ? [item.group, partner.group] : [partner.group, item.group]
    const because: Because = { kind: 'other_group', from, to }
    this.emit(item, signOf(item) * item.minor, countOf(item), [item, partner], because)
    this.emit({ ...item, group: partner.group }, -signOf(item) * item.minor, -countOf(item), [item, partner], because)
  }

  /** One side has it only. `minor` of it is because of the evidence, the rest is rounding. */
  take(item: Item, because: Because, minor = item.minor, evidenceIds: readonly string[] = []): void {
    this.emit(item, signOf(item) * minor, countOf(item), [item], because, evidenceIds)
    this.emit(item, signOf(item) * (item.minor - minor), 0, [item], ROUNDING, evidenceIds)
    this.tie(item, item)
  }
}
