import { OPEN, SOFT_CLOSED } from './periods.ts'

/** What a simulated system shows: the periods that are open in it, and how far the story of the world has gone. */
export type Stage = {
  readonly from: number
  readonly to: number
  /** The invoice that was put right after it had been loaded. */
  readonly corrected: boolean
  /** A forecast that somebody published too early: every figure a tenth too high. */
  readonly tooEarly: boolean
  /** The planted faults are there. */
  readonly faults: boolean
}

export const stage = (from: number, to: number, more: Partial<Stage> = {}): Stage => ({
  from,
  to,
  corrected: false,
  tooEarly: false,
  faults: false,
  ...more,
})

/** How the world stands once the story has been told, and how it stays while the product is up. */
export const NOW = stage(SOFT_CLOSED, OPEN, { corrected: true, faults: true })
