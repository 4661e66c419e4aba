import { sql } from 'drizzle-orm'
import { bigint, customType, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** The bytes as received, kept once, addressed by SHA-256, never edited. */
export const artifacts = pgTable('artifacts', {
  artifactId: integer('artifact_id').primaryKey().generatedAlwaysAsIdentity(),
  sha256: text().notNull().unique(),
  byteCount: bigint('byte_count', { mode: 'number' }).notNull(),
  storedBytes: bigint('stored_bytes', { mode: 'number' }).notNull(),
  storedAt: timestamp('stored_at', { withTimezone: true }).notNull().default(sql`now()`),
})

/** Pieces of at most 1 MiB, each compressed on its own, so that a record deep inside a large file opens at once. */
export const artifactChunks = pgTable(
  'artifact_chunks',
  {
    artifactId: integer('artifact_id').notNull(),
    seq: integer().notNull(),
    byteOffset: bigint('byte_offset', { mode: 'number' }).notNull(),
    bytes: bytea().notNull(),
  },
  (t) => [primaryKey({ columns: [t.artifactId, t.seq] })],
)
