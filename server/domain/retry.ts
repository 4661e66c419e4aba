import { TECHNICAL_FAILURES, TechnicalError, type FailureClass } from './errors.ts'

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
}

type DatabaseFailure = 'database_busy' | 'database_full'

/** Names what was thrown. What we did not name is unclassified: held, counted, never guessed. */
export function failureOf(error: unknown, databaseFailure: (error: unknown) => DatabaseFailure | null): Failure {
  if (error instanceof TechnicalError) {
    return {
      failureClass: error.failureClass,
      code: error.code,
      title: TECHNICAL_FAILURES[error.code].title,
      detail: error.detail,
      retryAfterMs: error.retryAfterMs,
    }
  }
  const root = rootOf(error)
  const detail = (root instanceof Error ? `${root.name}: ${root.message}` : String(root)).slice(0, 500)
  const code = databaseFailure(error)
  if (code) {
    const { class: failureClass, title } = TECHNICAL_FAILURES[code]
    return { failureClass, code, title, detail, retryAfterMs: null }
  }
  return {
    failureClass: 'unclassified',
    code: 'unexpected_error',
    title: 'Something happened that has no name yet',
    detail,
    retryAfterMs: null,
  }
}

/** What was thrown first: wrappers repeat the statement, the root says what is wrong. */
function rootOf(error: unknown): unknown {
  let root = error
  for (let depth = 0; depth < 5 && root instanceof Error && root.cause instanceof Error; depth++) root = root.cause
  return root
}
