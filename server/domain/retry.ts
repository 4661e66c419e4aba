import { TECHNICAL_FAILURES, TechnicalError, type FailureClass } from './errors.ts'
import { AnsweredRefusal } from './failure-names/answered-refusal.ts'
import { ruleFor, type KeptRule } from './failure-names/name-failure.ts'
import type { DatabaseCode } from './failure-names/postgresql.ts'
import { classOf, titleOf, type FailureCode, type Said } from './failure-names/said.ts'
import { heard } from './heard.ts'

export type RetryPolicy = { readonly attempts: number; readonly baseMs: number; readonly maxMs: number }

/**
 * When to try again after attempt `attempt` (1 is the first); null when the attempts are used up. An
 * exponential with jitter over its upper half, never sooner than the source asked. `random` is in [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, retryAfterMs: number | null, random: number): number | null {
  if (attempt >= policy.attempts) return null
  const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1))
  const jittered = ceiling / 2 + (ceiling / 2) * random
  return Math.round(Math.max(jittered, retryAfterMs ?? 0))
}

export type Failure = {
  readonly failureClass: FailureClass
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly retryAfterMs: number | null
  /** What was said, where no name of our own fits, or a business one: kept with the attempt. */
  readonly said?: Said
  /** The rule of IT that named it. */
  readonly ruleId?: number
}

export const UNNAMED = { code: 'unexpected_error', title: 'Something happened that has no name yet' } as const

/** Names what was thrown, in words that can be kept. What we did not name is unclassified: held, counted, never guessed. */
export function failureOf(error: unknown, databaseFailure: (error: unknown) => DatabaseCode | null): Failure {
  const { detail, said, ...failure } = nameOf(error, databaseFailure)
  const kept = { ...failure, detail: heard(detail) }
  const words = (texts: readonly string[]) => texts.map((text) => heard(text))
  return said ? { ...kept, said: { ...said, codes: words(said.codes), texts: words(said.texts) } } : kept
}

function nameOf(error: unknown, databaseFailure: (error: unknown) => DatabaseCode | null): Failure {
  if (error instanceof TechnicalError) {
    return {
      failureClass: error.failureClass,
      code: error.code,
      title: TECHNICAL_FAILURES[error.code].title,
      detail: error.detail,
      retryAfterMs: error.retryAfterMs,
    }
  }
  if (error instanceof AnsweredRefusal) {
    const { code, detail, said } = error
    return code === null ? { ...unnamed(detail), said } : { ...named(code, detail), said }
  }
  const root = rootOf(error)
  const detail = (root instanceof Error ? `${root.name}: ${root.message}` : String(root)).slice(0, 500)
  const code = databaseFailure(error)
  if (code) return named(code, detail)
  return { ...unnamed(detail), said: { vendor: 'node', status: null, codes: codesOf(root), texts: [detail] } }
}

/** What IT said such a failure is, if it did. A name of our own is never changed. */
export function namedByRule(failure: Failure, rules: readonly KeptRule[]): Failure {
  if (failure.failureClass !== 'unclassified' || !failure.said) return failure
  const rule = ruleFor(failure.said, rules)
  return rule ? { ...named(rule.code, failure.detail), said: failure.said, ruleId: rule.ruleId } : failure
}

const named = (code: FailureCode, detail: string): Failure => ({
  failureClass: classOf(code),
  code,
  title: titleOf(code),
  detail,
  retryAfterMs: null,
})
const unnamed = (detail: string): Failure => ({ failureClass: 'unclassified', ...UNNAMED, detail, retryAfterMs: null })

const codesOf = (error: unknown): string[] =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? [error.code] : []

/** What was thrown first: wrappers repeat the statement, the root says what is wrong. */
function rootOf(error: unknown): unknown {
  let root = error
  for (let depth = 0; depth < 5 && root instanceof Error && root.cause instanceof Error; depth++) root = root.cause
  return root
}
