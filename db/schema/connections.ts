import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { jobs, systems } from './systems.ts'

/** One request to a system: what was asked, how long it took, how it ended. Health, latency and throttling are read from these. */
export const connectorCalls = pgTable(
  'connector_calls',
  {
    callId: bigint('call_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    systemId: integer('system_id')
      .notNull()
      .references(() => systems.systemId),
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.jobId),
    /** Null for a test of the connection. */
    runId: integer('run_id'),
    attempt: integer(),
    /** The delivery that asked; then it is a request to a target. */
    deliveryId: integer('delivery_id'),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
    ms: integer().notNull(),
    /** As the source calls it; never holds a secret. */
    name: text().notNull(),
    /** 'ok', or the code of the technical failure. */
    outcome: text().notNull(),
    byteCount: bigint('byte_count', { mode: 'number' }).notNull(),
    /** How long a throttled source asked us to wait. */
    retryAfterMs: integer('retry_after_ms'),
  },
  (t) => [
    index('connector_calls_by_system').on(t.systemId, t.startedAt),
    index('connector_calls_by_run').on(t.runId),
    index('connector_calls_by_delivery').on(t.deliveryId).where(sql`delivery_id is not null`),
    index('connector_calls_by_job').on(t.jobId, t.startedAt),
  ],
)
