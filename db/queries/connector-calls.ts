import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { connectorCalls } from '../schema/connections.ts'

/** What asked: the run of a job, a delivery, or, without either, a test of the connection. */
export type CallOf = {
  readonly systemId: number
  readonly jobId: number
  readonly runId: number | null
  readonly attempt: number | null
  readonly deliveryId?: number
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

export type CallRow = {
  callId: number
  attempt: number | null
  startedAt: string
  ms: number
  name: string
  outcome: string
  bytes: number
  retryAfterMs: number | null
}
export type CallSums = { calls: number; failed: number; bytes: number; ms: number }

/** What a run asked its source, in order. */
export async function listCallsOfRun(db: Queryable, runId: number, limit: number): Promise<CallRow[]> {
  const rows = await db.execute<CallRow>(sql`
    select call_id as "callId", attempt, ${iso(sql`started_at`)} as "startedAt", ms, name, outcome, byte_count::float8 as bytes, retry_after_ms as "retryAfterMs"
    from connector_calls c where run_id = ${runId} order by c.started_at, call_id limit ${limit}`)
  return rows.map((row) => ({ ...row, callId: Number(row.callId) }))
}

export async function sumCallsOfRun(db: Queryable, runId: number): Promise<CallSums> {
  const [row] = await db.execute<CallSums>(sql`
    select count(*)::int as calls, count(*) filter (where outcome <> 'ok')::int as failed, coalesce(sum(byte_count), 0)::float8 as bytes, coalesce(sum(ms), 0)::float8 as ms
    from connector_calls where run_id = ${runId}`)
  return row!
}
