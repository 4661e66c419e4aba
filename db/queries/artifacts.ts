import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'
import { eq, sql } from 'drizzle-orm'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Mark } from '#server/domain/record.ts'
import type { Database, Queryable, Transaction } from '../client.ts'
import { isUniqueViolation } from '../failures.ts'
import { artifacts } from '../schema/artifacts.ts'

const CHUNK_BYTES = 1024 * 1024
const READ_AHEAD = 4
/** So many chunks are packed at once, each by a thread of its own, while those before them are written. */
const PACKED_AT_ONCE = 3
const compress = promisify(gzip)
const decompress = promisify(gunzip)

export type StoredArtifact = { readonly artifactId: number; readonly sha256: string; readonly byteCount: number }

/**
 * Keeps bytes once, addressed by SHA-256. Streams: at most a few chunks are in memory. The same bytes again return the
 * artifact that is there. Call it in the transaction that moves the cursor on.
 */
export async function storeArtifact(
  tx: Transaction,
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StoredArtifact> {
  const hash = createHash('sha256')
  const [reserved] = await tx.execute<{ id: number }>(
    sql`select nextval(pg_get_serial_sequence('artifacts', 'artifact_id'))::int as id`,
  )
  const artifactId = reserved!.id
  let [byteCount, storedBytes, seq] = [0, 0, 0]
  try {
    return await tx.transaction(async (savepoint) => {
      const put = async (chunk: Buffer, at: number, offset: number) => {
        const packed = await compress(chunk, { level: constants.Z_BEST_SPEED })
        storedBytes += packed.length
        await savepoint.execute(
          sql`insert into artifact_chunks (artifact_id, seq, byte_offset, bytes) values (${artifactId}, ${at}, ${offset}, ${packed})`,
        )
      }
      const puts: Promise<void>[] = []
      try {
        for await (const chunk of inChunks(bytes)) {
          hash.update(chunk)
          if (puts.length >= PACKED_AT_ONCE) await puts.shift()
          puts.push(put(chunk, seq++, byteCount))
          puts.at(-1)!.catch(() => {})
          byteCount += chunk.length
          if (byteCount > maxBytes) throw new TechnicalError('file_too_large', `more than ${maxBytes.toLocaleString('en')} bytes`)
        }
        await Promise.all(puts)
      } catch (error) {
        // None of them writes after the savepoint is undone.
        await Promise.allSettled(puts)
        throw error
      }
      const sha256 = hash.copy().digest('hex')
      const same = await findArtifactByHash(savepoint, sha256)
      if (same) throw new AlreadyStored(same)
      await savepoint.execute(sql`insert into artifacts (artifact_id, sha256, byte_count, stored_bytes) overriding system value
        values (${artifactId}, ${sha256}, ${byteCount}, ${storedBytes})`)
      return { artifactId, sha256, byteCount }
    })
  } catch (error) {
    if (error instanceof AlreadyStored) return error.artifact
    // Another process stored the same bytes in the same moment; its commit is what our insert waited for.
    const same = isUniqueViolation(error) ? await findArtifactByHash(tx, hash.copy().digest('hex')) : null
    if (same) return same
    throw error
  }
}

/** Undoes the savepoint: the chunks just written are those of an artifact that is there already. */
class AlreadyStored extends Error {
  constructor(readonly artifact: StoredArtifact) {
    super('already stored')
  }
}

export async function findArtifactByHash(db: Queryable, sha256: string): Promise<StoredArtifact | null> {
  const [row] = await db.select().from(artifacts).where(eq(artifacts.sha256, sha256))
  return row ? { artifactId: row.artifactId, sha256: row.sha256, byteCount: row.byteCount } : null
}

export async function findArtifact(db: Queryable, artifactId: number): Promise<StoredArtifact | null> {
  const [row] = await db.select().from(artifacts).where(eq(artifacts.artifactId, artifactId))
  return row ? { artifactId: row.artifactId, sha256: row.sha256, byteCount: row.byteCount } : null
}

/** The bytes as received, in order. Chunks are fetched and unpacked a little ahead of the reader. */
export async function* readArtifact(db: Database, artifactId: number): AsyncGenerator<Uint8Array> {
  let from = 0
  let next = fetchChunks(db, artifactId, from)
  for (;;) {
    const chunks = await next
    if (chunks.length === 0) return
    from += chunks.length
    next = fetchChunks(db, artifactId, from)
    next.catch(() => {})
    for (const chunk of chunks) yield chunk
  }
}

/** The bytes from one of them on, a chunk at a time: for a reader that needs few of them. */
export async function* readArtifactFrom(db: Database, artifactId: number, byteOffset = 0): AsyncGenerator<Uint8Array> {
  const first = Math.floor(byteOffset / CHUNK_BYTES)
  for (let seq = first; ; seq++) {
    const [row] = await db.execute<{ bytes: Buffer; byteOffset: number }>(
      sql`select bytes, byte_offset as "byteOffset" from artifact_chunks where artifact_id = ${artifactId} and seq = ${seq}`,
    )
    if (!row) return
    const bytes = await decompress(row.bytes)
    yield seq === first ? bytes.subarray(byteOffset - Number(row.byteOffset)) : bytes
  }
}

/** Keeps where a reading may begin. The same artifact, read again in the same way, has the same marks. */
export async function insertMarks(db: Queryable, artifactId: number, reading: string, marks: readonly Mark[]): Promise<void> {
  if (marks.length === 0) return
  await db.execute(sql`
    insert into artifact_marks (artifact_id, reading, position, byte_offset)
    select ${artifactId}, ${reading}::uuid, m.position, m."byteOffset" from jsonb_to_recordset(${JSON.stringify(marks)}::jsonb) as m (position int, "byteOffset" bigint)
    order by m.position on conflict do nothing`)
}

/** The last place at or before a position at which the same reading may begin. */
export async function findMark(db: Queryable, artifactId: number, reading: string, position: number): Promise<Mark | null> {
  const [row] = await db.execute<{ position: number; byteOffset: number | string }>(sql`
    select position, byte_offset as "byteOffset" from artifact_marks
    where artifact_id = ${artifactId} and reading = ${reading}::uuid and position <= ${position} order by position desc limit 1`)
  return row ? { position: row.position, byteOffset: Number(row.byteOffset) } : null
}

async function fetchChunks(db: Database, artifactId: number, from: number): Promise<Buffer[]> {
  const rows = await db.execute<{ bytes: Buffer }>(
    sql`select bytes from artifact_chunks where artifact_id = ${artifactId} and seq >= ${from} and seq < ${from + READ_AHEAD} order by seq`,
  )
  // One piece each: by default sixty-four are made of a chunk and copied together.
  return Promise.all(rows.map(({ bytes }) => decompress(bytes, { chunkSize: CHUNK_BYTES })))
}

/** Regroups a stream into chunks of CHUNK_BYTES, whatever pieces it comes in. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    let rest = piece
    while (size + rest.length >= CHUNK_BYTES) {
      const room = CHUNK_BYTES - size
      yield Buffer.concat([...parts, rest.subarray(0, room)])
      rest = rest.subarray(room)
      parts = []
      size = 0
    }
    if (rest.length > 0) {
      parts.push(rest)
      size += rest.length
    }
  }
  if (size > 0) yield Buffer.concat(parts)
}
