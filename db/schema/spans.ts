import { doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** The trace of a run, kept so that its screen needs no outside system. The trace id is the correlation id: a replay joins its original. */
export const spans = pgTable(
  'spans',
  {
    correlationId: uuid('correlation_id').notNull(),
    spanId: text('span_id').notNull(),
    parentSpanId: text('parent_span_id'),
    runId: integer('run_id'),
    name: text().notNull(),
    startedAt: timestamp('started_at', { withTimezone: true, precision: 6 }).notNull(),
    ms: doublePrecision().notNull(),
    status: text().$type<'ok' | 'error'>().notNull(),
    attributes: jsonb().$type<Record<string, string | number | boolean>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.correlationId, t.spanId] }), index('spans_by_run').on(t.runId, t.startedAt)],
)
