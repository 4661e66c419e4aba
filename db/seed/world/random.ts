/** mulberry32 over a seed of text: small, fixed for ever, and for made-up figures only. */
export type Random = {
  /** A whole number from `low` up to and without `high`. */
  whole(low: number, high: number): number
  pick<T>(from: readonly T[]): T
}

const SEED = 'finance control tower, demonstration world 1'

export function randomOf(name: string): Random {
  let state = [...SEED, ...name].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 2_654_435_761), 2_166_136_261)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low))
  return { whole, pick: (from) => from[whole(0, from.length)]! }
}
