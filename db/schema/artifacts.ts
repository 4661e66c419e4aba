import { sql } from 'drizzle-orm'
import { bigint, customType, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

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

/**
 * Places in a large artifact at which a reading may begin, noted while it was read: the record or blank line at `position` begins at
 * `byteOffset`. Derived: without them a record is found by reading from the beginning.
 */
export const artifactMarks = pgTable(
  'artifact_marks',
  {
    artifactId: integer('artifact_id').notNull(),
    /** Half of a SHA-256 over the format and its settings: read in another way, the records begin elsewhere. */
    reading: uuid().notNull(),
    position: integer().notNull(),
    byteOffset: bigint('byte_offset', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.artifactId, t.reading, t.position] })],
)
