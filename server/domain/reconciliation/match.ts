/** How far apart two sides of a match are: the amount first, then the days. */
export type Distance = { readonly minor: bigint; readonly days: number }

/** Items of both sides that belong together. */
export type Match = {
  readonly rule: string
  readonly by: 'rule' | 'person'
  readonly currency: string
  /** Ids in the order of texts. */
  readonly first: readonly string[]
  readonly other: readonly string[]
  /** Other minus first. */
  readonly minor: bigint
  /** As many on each side, alike to the rule: they tie as a set, and nobody says who is whose. */
  readonly isSet: boolean
  readonly distance: Distance
  /** How much farther the next best candidate of any of its items is; less than nothing where a closer one belongs to another. Null: there is none. */
  readonly margin: Distance | null
}
