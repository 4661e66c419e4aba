import type { Absent } from './evidence.ts'
import type { Item } from './item.ts'
import { cellOf, countOf, currencyOf, type OpenKey, ROUNDING, signOf } from './open-key.ts'
import { pairUp } from './pair-up.ts'
import { isTranslation, type Rate, translate } from './rate.ts'

export type IsNear = (wanted: bigint, actual: bigint, currency: string) => boolean

/** The same original, translated at different rates of the table. */
export function splitOtherRates(key: OpenKey): void {
  const { rates, digits } = key.situation
  const rateOf = ({ original, currency, minor }: Item) =>
    original &&
    rates.find(
      (rate) => rate.from === original.currency && rate.to === currency && isTranslation(original.minor, minor, rate, digits),
    )
  const place = (item: Item) =>
    rateOf(item) ? [cellOf(item), item.original?.currency, item.original?.minor].join('\u0000') : null
  for (const [a, b] of pairUp(key.first, key.other, { places: [place, place], isNear: () => true })) {
    key.join(a, b, { kind: 'rate', rates: [rateOf(a), rateOf(b)].filter((rate) => rate != null) })
  }
}

/** The same thing in another currency, at a rate of the table: among the items, or outside the slice. */
export function splitTranslated(key: OpenKey, isNear: IsNear): void {
  const currencies = new Set([...key.first, ...key.other, ...key.absent].map(currencyOf))
  if (currencies.size < 2) return
  const { rates, digits } = key.situation
  for (const rate of rates.filter(({ from, to }) => currencies.has(from) && currencies.has(to))) {
    const how = {
      expected: ({ minor }: Item) => translate(minor, rate, digits),
      isNear: (wanted: bigint, actual: bigint, { minor }: Item) =>
        isTranslation(minor, actual, rate, digits) || isNear(wanted, actual, rate.to),
    }
    for (const [items, partners] of key.sides) {
      // In the account group of its own before in another.
      for (const placeOf of [({ group }: Item) => group, () => '']) {
        const inCurrency = (currency: string) => (item: Item) => (item.currency === currency ? placeOf(item) : null)
        const pairs = pairUp(items, partners, { ...how, places: [inCurrency(rate.from), inCurrency(rate.to)] })
        for (const [item, partner] of pairs) across(key, item, partner, rate)
      }
      const isThere = (record: Absent) => key.standsFor(record) === items && record.currency === rate.to
      const places = [
        ({ currency }: Item) => (currency === rate.from ? '' : null),
        (record: Absent) => (isThere(record) ? '' : null),
      ] as const
      for (const [item, { because, id }] of pairUp(items, key.absent, { ...how, places })) {
        key.take(item, because ?? { kind: 'rate', rates: [rate] }, item.minor, [id])
      }
    }
  }
}

/** Out of one currency and into the other, at the rate; what the amount there is off beyond that is rounding. */
function across(key: OpenKey, item: Item, partner: Item, rate: Rate): void {
  const { digits } = key.situation
  const amount = isTranslation(item.minor, partner.minor, rate, digits) ? partner.minor : translate(item.minor, rate, digits)
  const both = [item, partner]
  const because = { kind: 'rate', rates: [rate] } as const
  key.move(item, partner)
  key.emit({ currency: item.currency, group: partner.group }, signOf(item) * item.minor, countOf(item), both, because)
  key.emit(partner, signOf(partner) * amount, countOf(partner), both, because)
  key.emit(partner, signOf(partner) * (partner.minor - amount), 0, both, ROUNDING)
  key.tie(item, partner)
}
