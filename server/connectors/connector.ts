import type { z } from 'zod'
import type { FailureCode } from '#server/domain/failure-names/said.ts'

/** One thing a source handed over: a file or a page of an API. Stored as an artifact before it is read. */
export type Delivery = {
  /** As the source calls it: a file name, or the request path and query of a page. Never holds a secret. */
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** Where to go on after this delivery has been stored; null when it was the last. */
  readonly cursor: string | null
}

export type ExtractRequest<Settings> = {
  readonly settings: Settings
  /** The cursor of the last stored delivery of this run; null at the beginning. */
  readonly cursor: string | null
  /** Cursors of all deliveries stored so far, so that a source that loops is noticed. */
  readonly seenCursors: readonly string[]
  /** The job holds what arrived against a count that the source states: too few are told as that, and held. */
  readonly isClaimed?: boolean | undefined
  /** Of a folder: the file of this very name. */
  readonly file?: string | undefined
  readonly signal: AbortSignal
  readonly credential: (environmentVariable: string) => string | undefined
  /**
   * Told of every request that ended: a page asked for, a folder listed, a file read. Not of one that was cancelled, which
   * says nothing of the source.
   */
  readonly onCall?: ((call: SourceCall) => void) | undefined
}

/** One request to a source, and how it went. */
export type SourceCall = {
  /** As the source calls it. Never holds a secret. */
  readonly name: string
  readonly startedAt: Date
  /** How long the source took, without what we did with the answer. */
  readonly ms: number
  readonly outcome: 'ok' | FailureCode | 'unclassified'
  readonly bytes: number
  /** How long a throttled source asked us to wait. */
  readonly retryAfterMs: number | null
}

/**
 * Speaks one system's protocol and knows no finance rule. One contract test, in contract.test.ts, that
 * every connector must pass. Throws TechnicalError, or AnsweredRefusal for what the source refused for a reason of the books or in words
 * nobody knows; retries nothing by itself: the run does, so that
 * every attempt is counted.
 */
export interface Connector<Settings> {
  readonly type: string
  readonly settings: z.ZodType<Settings>
  /** Deliveries in source order, from just after `cursor`. Stops when `signal` aborts. */
  extract(request: ExtractRequest<Settings>): AsyncIterable<Delivery>
}
