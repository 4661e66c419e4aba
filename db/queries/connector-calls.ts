import type { Queryable } from '../client.ts'
import { connectorCalls } from '../schema/connections.ts'

/** What asked: the run of a job, or, without a run, a test of its connection. */
export type CallOf = {
  readonly systemId: number
  readonly jobId: number
  readonly runId: number | null
  readonly attempt: number | null
}
export type NewConnectorCall = {
  readonly startedAt: Date
  readonly ms: number
  readonly name: string
  readonly outcome: string
  readonly bytes: number
  readonly retryAfterMs: number | null
}

const ROWS_MAX = 1_000

export async function insertConnectorCalls(db: Queryable, of: CallOf, calls: readonly NewConnectorCall[]): Promise<void> {
  for (let at = 0; at < calls.length; at += ROWS_MAX) {
    const rows = calls.slice(at, at + ROWS_MAX).map(({ bytes, ...call }) => ({ ...of, ...call, byteCount: bytes }))
    await db.insert(connectorCalls).values(rows)
  }
}
