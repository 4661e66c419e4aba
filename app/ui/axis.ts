import { decimalParts, groupedCount } from './decimal.ts'

/**
 * A scale for a picture of decimal text. Heights are for the eye only, so they may be floats; what is written on the axis is made
 * of whole numbers of a unit, and the figures themselves stand in the table.
 */
export type Axis = {
  /** '', 'k', 'M', 'bn': what one step of a height is. */
  readonly unit: string
  readonly height: (text: string | null) => number | null
  /** From the lowest to the highest, always with zero. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
}

const UNITS = [
  { name: '', digits: 0 },
  { name: 'k', digits: 3 },
  { name: 'M', digits: 6 },
  { name: 'bn', digits: 9 },
] as const
/** A figure of up to so many whole digits is readable in its unit. */
const READABLE_DIGITS = 4
const STEPS_WANTED = 4n

export function axisOf(texts: readonly (string | null)[]): Axis {
  const wholes = texts.flatMap((text) => (text === null ? [] : [wholeOf(text)]))
  const inOrder = [0n, ...wholes].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [lowest, highest] = [inOrder[0]!, inOrder.at(-1)!]
  const most = -lowest > highest ? -lowest : highest
  const unit = UNITS.find(({ digits }) => most.toString().length <= digits + READABLE_DIGITS) ?? UNITS.at(-1)!
  const one = 10n ** BigInt(unit.digits)
  const step = niceStep((highest - lowest) / one / STEPS_WANTED + 1n)
  const first = lowest < 0n ? -((-lowest / one / step + 1n) * step) : 0n
  const ticks: { at: number; label: string }[] = []
  for (let tick = first; ; tick += step) {
    ticks.push({
      at: Number.parseInt(tick.toString(), 10),
      label: tick === 0n || !unit.name ? groupedCount(tick) : `${groupedCount(tick)} ${unit.name}`,
    })
    if (tick * one > highest || (tick * one === highest && tick > 0n)) break
  }
  const scale = 10 ** unit.digits
  return { unit: unit.name, ticks, height: (text) => (text === null ? null : Number(text) / scale) }
}

/** 1, 2 or 5 times a power of ten, at least what is asked for. */
function niceStep(least: bigint): bigint {
  for (let power = 1n; ; power *= 10n) for (const times of [1n, 2n, 5n]) if (times * power >= least) return times * power
}

function wholeOf(text: string): bigint {
  const parts = decimalParts(text)
  if (!parts) throw new RangeError(`Not a decimal: ${JSON.stringify(text)}`)
  const whole = BigInt(parts.whole.replaceAll(',', ''))
  return parts.negative ? -whole : whole
}
