import { TECHNICAL_FAILURES, type TechnicalCode } from './errors.ts'
import { REFUSED_RULES } from './rules/refused.ts'

/**
 * How a connection does, from its newest calls: well; with a failure lately; throttled; down, when all the newest failed;
 * refused, when the newest failure will not pass by itself. Never asked: nothing is known, and nothing is said.
 */
export const HEALTH = ['well', 'unsteady', 'throttled', 'down', 'refused', 'never_asked'] as const
export type Health = (typeof HEALTH)[number]

/** Outcomes of the newest calls, the newest first. A refusal for a reason of the books is an answer: the connection does well. */
export function healthOf(outcomes: readonly string[]): Health {
  const newest = outcomes.map((outcome) => (Object.hasOwn(REFUSED_RULES, outcome) ? 'ok' : outcome))
  const [last] = newest
  if (last === undefined) return 'never_asked'
  if (last === 'source_throttled' || last === 'target_throttled') return 'throttled'
  if (last !== 'ok' && !passesByItself(last)) return 'refused'
  if (last !== 'ok' && newest.every((outcome) => outcome !== 'ok')) return 'down'
  return newest.every((outcome) => outcome === 'ok') ? 'well' : 'unsteady'
}

function passesByItself(outcome: string): boolean {
  const known = Object.hasOwn(TECHNICAL_FAILURES, outcome) ? TECHNICAL_FAILURES[outcome as TechnicalCode] : null
  return known?.class === 'technical_transient'
}
