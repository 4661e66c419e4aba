import { BUCKET_OF, type InFlight, type Situation, type Waiting } from '../difference.ts'
import type { Bucket } from '../state.ts'
import type { Item } from '../item.ts'
import { translate } from '../rate.ts'
import { digits, type KeyFaults, type LineFaults, RATES, ROUNDING_MAX } from './world.ts'

/** Signed sums by bucket, currency and account group. */
export type Sums = Map<string, { minor: bigint; count: number }>
export type World = {
  readonly situation: Situation
  /** What each key comes to, from what was done to it and not from what is seen. */
  readonly expected: readonly Sums[]
  /** Nothing was done that leaves no evidence. */
  readonly isExplainable: boolean
}

export function addTo(sums: Sums, bucket: Bucket, cell: string, minor: bigint, count: number): void {
  const name = `${bucket} ${cell}`
  const { minor: soFar, count: records } = sums.get(name) ?? { minor: 0n, count: 0 }
  if (soFar + minor === 0n && records + count === 0) sums.delete(name)
  else sums.set(name, { minor: soFar + minor, count: records + count })
}

export function buildWorld(keys: readonly KeyFaults[]): World {
  const isKeyUnique = keys.every(({ lines }) => lines.length === 1)
  const world = {
    items: [] as Item[],
    elsewhere: [] as Situation['elsewhere'][number][],
    waiting: [] as Waiting[],
    inFlight: [] as InFlight[],
  }
  let isExplainable = true
  const expected = keys.map((faults, k) => {
    const sums: Sums = new Map()
    for (const [l, line] of faults.lines.entries()) {
      const built = new LineBuilder(`${k}.${l}`, faults.hasNoKey ? '' : `K${k}`, line, isKeyUnique, world, sums)
      built.build()
      if (!built.isExplainable) isExplainable = false
    }
    if (faults.stray !== 0n) {
      const side = faults.stray > 0n ? 1 : 0
      world.elsewhere.push({ id: `${k}.old`, side, key: `K${k}`, currency: 'EUR', minor: faults.stray, period: '2026-08' })
    }
    return sums
  })
  const situation: Situation = {
    ...world,
    adjustments: { first: new Set(['adjusted']), other: new Set(['adjusted']) },
    rates: RATES,
    rounding: {
      absolute: { EUR: ROUNDING_MAX, JPY: ROUNDING_MAX, USD: ROUNDING_MAX, CHF: 0n },
      relative: null,
      basis: 'first',
      both: 'smaller',
    },
    isKeyUnique,
    matches: [],
    digits,
  }
  return { situation, expected, isExplainable }
}

class LineBuilder {
  isExplainable = true
  private copies = 0

  constructor(
    private readonly id: string,
    private readonly key: string,
    private readonly faults: LineFaults,
    private readonly isKeyUnique: boolean,
    private readonly world: {
      items: Item[]
      elsewhere: Situation['elsewhere'][number][]
      waiting: Waiting[]
      inFlight: InFlight[]
    },
    private readonly sums: Sums,
  ) {}

  /** The side where all is well, and the one where it is not. */
  private get right() {
    return this.faults.isMirrored ? 1 : 0
  }
  private get wrong() {
    return this.faults.isMirrored ? 0 : 1
  }

  build(): void {
    const { amount, currency, group, where, adjustment, hasOtherRate } = this.faults
    if (adjustment !== 0n) {
      this.put(this.wrong, adjustment, { currency, group, status: 'adjusted' })
      this.expectOf(this.wrong, 'manual_adjustment', currency, group, adjustment)
    }
    if (where === 'withdrawn') {
      const { id } = this.put(this.wrong, amount, { currency, group })
      this.inFlight({ minor: null, replaces: id })
      this.expectOf(this.wrong, this.key === '' ? 'unexplained' : 'in_flight', currency, group, amount)
    } else if (where === 'change_rejected' || where === 'change_held') this.change(amount + 777n)
    else if (where === 'there' && hasOtherRate) this.otherRate()
    else if (where === 'there') this.there()
    else this.away()
    if (this.key === '') this.isExplainable = false
  }

  private change(old: bigint) {
    const { amount, currency, group, where } = this.faults
    this.put(this.right, amount, { currency, group })
    const { id } = this.put(this.wrong, old, { currency, group })
    if (where === 'change_held') this.inFlight({ minor: amount, replaces: id })
    else this.waiting({ minor: amount, currency, replaces: id })
    if (this.key === '') this.apart(amount, old, currency, group)
    else this.expect(this.wrong, where === 'change_held' ? 'in_flight' : 'rejected', currency, group, old - amount, 0)
  }

  private otherRate() {
    const { amount, group } = this.faults
    const original = { currency: 'USD', minor: amount }
    const [a, b] = [translate(amount, RATES[2]!, digits), translate(amount, RATES[3]!, digits)]
    this.put(this.right, a, { currency: 'CHF', group, original })
    this.put(this.wrong, b, { currency: 'CHF', group, original })
    if (this.key === '') this.apart(a, b, 'CHF', group)
    else this.expect(this.wrong, 'fx_and_rounding', 'CHF', group, b - a, 0)
  }

  private there() {
    const { amount, currency, group, isFlipped, off, remappedTo, changedBy, copies } = this.faults
    const { translated, currency: theirs } = this.translated()
    const isChanged = changedBy !== 0n && theirs === currency && !isFlipped
    const wanted = isFlipped ? -translated : translated
    const found = isChanged ? wanted + changedBy : wanted + (isFlipped ? -off : off)
    const there = remappedTo || group
    this.put(this.right, amount, { currency, group })
    const facts = { currency: theirs, group: there, ...(isChanged && { status: 'adjusted', was: amount }) }
    for (let i = 0; i <= copies; i++) this.put(this.wrong, found, facts)
    if (this.key === '') {
      this.expectOf(this.right, 'unexplained', currency, group, amount)
      for (let i = 0; i <= copies; i++)
        this.expectOf(this.wrong, isChanged ? 'manual_adjustment' : 'unexplained', theirs, there, found)
      return
    }
    if (there !== group) {
      this.expectOf(this.right, 'mapping_and_scope', currency, group, amount)
      this.expectOf(this.wrong, 'mapping_and_scope', currency, there, amount)
    }
    if (theirs !== currency) {
      this.expectOf(this.right, 'fx_and_rounding', currency, there, amount)
      this.expectOf(this.wrong, 'fx_and_rounding', theirs, there, translated)
    }
    this.expect(this.wrong, 'unexplained', theirs, there, wanted - translated, 0)
    this.expect(this.wrong, isChanged ? 'manual_adjustment' : 'fx_and_rounding', theirs, there, found - wanted, 0)
    const isKnown = this.isKeyUnique || this.wrong === 1
    for (let i = 0; i < copies; i++) this.expectOf(this.wrong, isKnown ? 'duplicate' : 'unexplained', theirs, there, found)
    if (isFlipped || (copies > 0 && !isKnown)) this.isExplainable = false
  }

  /** The record is not there; what is known of it is what it would have been. */
  private away() {
    const { amount, currency, group, isFlipped, off, where } = this.faults
    const { translated, currency: theirs } = this.translated()
    const found = isFlipped ? -translated - off : translated + off
    this.put(this.right, amount, { currency, group })
    const known = { id: `${this.id}.away`, side: this.wrong, key: this.key, currency: theirs, minor: found }
    if (where === 'rejected') this.waiting({ minor: found, currency: theirs })
    if (where === 'held') this.inFlight({ minor: found, currency: theirs })
    if (where === 'next_period') this.world.elsewhere.push({ ...known, period: '2026-11' })
    if (where === 'other_entity') this.world.elsewhere.push({ ...known, entity: 'FR01' })
    if (where === 'other_scope') this.world.elsewhere.push({ ...known, group: '9' })
    // A record the other way round is no evidence for one that is missing.
    if (where === 'lost' || isFlipped || this.key === '') {
      this.expectOf(this.right, 'unexplained', currency, group, amount)
      this.isExplainable = false
      return
    }
    const because = (
      { rejected: 'rejected', held: 'in_flight', next_period: 'other_period', other_entity: 'other_entity' } as const
    )[where as 'rejected' | 'held' | 'next_period' | 'other_entity']
    const shown = theirs === currency ? found : amount
    this.expectOf(this.right, BUCKET_OF[because ?? 'other_group'], currency, group, shown)
    this.expect(this.right, 'fx_and_rounding', currency, group, amount - shown, 0)
  }

  private translated() {
    const { amount, currency, isTranslated } = this.faults
    const rate = RATES.find(({ from }) => from === currency)
    return isTranslated && rate
      ? { translated: translate(amount, rate, digits), currency: rate.to }
      : { translated: amount, currency }
  }

  private put(side: number, minor: bigint, facts: Pick<Item, 'currency' | 'group'> & Partial<Item>): Item {
    const id = `${this.id}.${side}${this.copies++}`
    const item: Item = { id, side, key: this.key, minor, on: '2026-10-31', reference: null, status: 'posted', ...facts }
    this.world.items.push(item)
    return item
  }
  private waiting(facts: Pick<Waiting, 'minor' | 'currency'> & Partial<Waiting>) {
    this.world.waiting.push({ id: `${this.id}.waits`, side: this.wrong, key: this.key, exceptionIds: ['7'], ...facts })
  }
  private inFlight(facts: Pick<InFlight, 'minor'> & Partial<InFlight>) {
    const { currency } = this.faults
    this.world.inFlight.push({
      id: `${this.id}.comes`,
      side: this.wrong,
      key: this.key,
      currency,
      runId: '9',
      why: 'held',
      ...facts,
    })
  }

  private apart(a: bigint, b: bigint, currency: string, group: string) {
    this.expectOf(this.right, 'unexplained', currency, group, a)
    this.expectOf(this.wrong, 'unexplained', currency, group, b)
  }
  /** A record that one side has. */
  private expectOf(side: number, bucket: Bucket, currency: string, group: string, minor: bigint) {
    this.expect(side, bucket, currency, group, minor, 1)
  }
  private expect(side: number, bucket: Bucket, currency: string, group: string, minor: bigint, count: number) {
    addTo(this.sums, bucket, `${currency} ${group}`, side === 0 ? -minor : minor, side === 0 ? -count : count)
  }
}
