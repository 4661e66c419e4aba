import { sql } from 'drizzle-orm'
import type { TraceSpan } from '#server/domain/trace.ts'
import type { KeptSpan } from '#server/platform/kept-spans.ts'
import type { Queryable } from '../client.ts'
import { spans } from '../schema/spans.ts'

export async function insertSpans(db: Queryable, kept: readonly KeptSpan[]): Promise<void> {
  await db
    .insert(spans)
    .values(kept.map(({ startedAt, ...span }) => ({ ...span, startedAt: sql`${startedAt}::timestamptz` })))
    .onConflictDoNothing()
}

/** Traces are for looking: after a while nobody does. Returns how many went. */
export async function sweepSpans(db: Queryable, days: number): Promise<number> {
  const rows = await db.execute(sql`delete from spans where started_at < now() - make_interval(days => ${days}) returning 1`)
  return rows.length
}

/** The trace of a correlation id, in the order in which its spans began. */
export async function listSpans(db: Queryable, correlationId: string, limit: number): Promise<TraceSpan[]> {
  const rows = await db.execute<TraceSpan>(sql`
    select span_id as "spanId", parent_span_id as "parentSpanId", run_id as "runId", name, (extract(epoch from started_at) * 1000)::float8 as "startedMs", ms, status, attributes
    from spans where correlation_id = ${correlationId}::uuid and run_id is not null order by started_at, ms desc, span_id limit ${limit}`)
  return [...rows]
}
