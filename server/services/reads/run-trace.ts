import type { Queryable } from '#db/client.ts'
import { listCallsOfRun, sumCallsOfRun, type CallRow, type CallSums } from '#db/queries/connector-calls.ts'
import { listSpans } from '#db/queries/spans.ts'
import { outlineTrace, type TraceAttempt } from '#server/domain/trace.ts'

export type RunTrace = {
  readonly attempts: readonly TraceAttempt[]
  readonly showsStatements: boolean
  /** There is more than is read for a screen. */
  readonly isCut: boolean
  readonly calls: readonly CallRow[]
  readonly callSums: CallSums
}

const SPANS_MAX = 5_000
const CALLS_MAX = 200

/** The trace of a run with those of its replays, and what it asked its source. Kept by ourselves: no outside system is asked. */
export async function readRunTrace(
  db: Queryable,
  { runId, correlationId }: { readonly runId: number; readonly correlationId: string },
  showsStatements: boolean,
): Promise<RunTrace> {
  const [spans, calls, callSums] = await Promise.all([
    listSpans(db, correlationId, SPANS_MAX),
    listCallsOfRun(db, runId, CALLS_MAX),
    sumCallsOfRun(db, runId),
  ])
  return {
    attempts: outlineTrace(spans, showsStatements),
    showsStatements,
    isCut: spans.length === SPANS_MAX,
    calls,
    callSums,
  }
}
