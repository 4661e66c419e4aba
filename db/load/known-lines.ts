import { randomInt } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { KnownLines } from '#server/domain/known-lines.ts'
import type { LineType } from '#server/domain/record.ts'
import { copyClientOf, type Database } from '../client.ts'
import { newestPublicationOf } from './publish.ts'

/** As many lines take 75 MB. Systems with more are compared in the database alone. */
const LINES_MAX = 2_000_000
/** Asking for every current line pays only where the load could bring a good part of them again. */
const BYTES_PER_LINE_MIN = 25
const WORDS = 2 ** 32

export type Known = {
  readonly lines: KnownLines
  /** They were current when this was the newest publication of the system. */
  readonly at: number
}

/** The current lines of a system and object type, or null where comparing record by record does not pay. `bytes`: of the load. */
export async function readKnownLines(
  db: Database,
  { systemId, objectType }: { systemId: number; objectType: LineType },
  bytes: number,
): Promise<Known | null> {
  const at = await newestPublicationOf(db, systemId)
  const [current] = await db.execute<{ n: number }>(sql`
    select coalesce(sum(count), 0)::bigint as n from slice_totals where system_id = ${systemId} and object_type = ${objectType} and superseded_at_pub is null`)
  const count = current!.n
  if (count === 0 || count > LINES_MAX || bytes < count * BYTES_PER_LINE_MIN) return null
  // What is published meanwhile is looked at when the load is settled; a little room for it is enough to read on.
  const lines = new KnownLines(count + 1_000, [randomInt(WORDS), randomInt(WORDS)])
  const query = copyClientOf(db).unsafe(`copy (
      select content_hash, line_id, segment, source_key from lines
      where system_id = ${Number(systemId)} and object_type = '${objectType}' and superseded_at_pub is null limit ${count + 1_000})
    to stdout (format binary)`)
  const stream = await query.readable()
  const rows = new CopiedRows(lines)
  for await (const piece of stream) rows.push(piece as Buffer)
  // postgres.js 3.4 pauses the connection when it is ahead, and forgets to go on where the copy ends meanwhile.
  stream._read(0)
  return { lines, at }
}

const HEADER_BYTES = 19
const END_BYTES = 2

/** PostgreSQL's binary copy: a header, then per row the number of fields and each field with its length before it. */
class CopiedRows {
  private rest: Buffer = Buffer.alloc(0)
  private hasHeader = false

  constructor(private readonly lines: KnownLines) {}

  push(piece: Buffer): void {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece])
    let at = 0
    if (!this.hasHeader) {
      if (bytes.length < HEADER_BYTES) {
        this.rest = bytes
        return
      }
      at = HEADER_BYTES
      this.hasHeader = true
    }
    // 2 fields + 4 + hash 16 + 4 + id 8 + 4 + segment 4 + 4 + key
    while (bytes.length - at >= 46) {
      const keyLength = bytes.readInt32BE(at + 42)
      const end = at + 46 + keyLength
      if (bytes.length < end) break
      this.lines.add(
        bytes,
        at + 46,
        end,
        bytes.readUInt32BE(at + 6),
        bytes.readUInt32BE(at + 10),
        bytes.readUInt32BE(at + 26) * WORDS + bytes.readUInt32BE(at + 30),
        bytes.readInt32BE(at + 38),
      )
      at = end
    }
    this.rest = bytes.length - at === END_BYTES ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
  }
}
