import { pipeline, Readable } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'

export type ZipContent = string | Uint8Array | AsyncIterable<string | Uint8Array>
export type ZipEntry = { readonly name: string; readonly content: ZipContent }

const VERSION = 20
/** Names are UTF-8; size and checksum follow the content, which is not known before it was written. */
const FLAGS = 0x0808
const DEFLATED = 8

/** Files packed as they are read: one after the other is asked for, so that what comes last may tell of what came before. */
export async function* zipBytes(entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>, at: Date): AsyncGenerator<Buffer> {
  const directory: Buffer[] = []
  let [offset, count] = [0, 0]
  for await (const { name, content } of entries) {
    count += 1
    const nameBytes = Buffer.from(name)
    const start = offset
    const local = Buffer.concat([head(0x04034b50, at, { crc: 0, packed: 0, size: 0 }, nameBytes.length), nameBytes])
    yield local
    const sums = { crc: 0, packed: 0, size: 0 }
    for await (const piece of packed(content, sums)) {
      sums.packed += piece.length
      yield piece
    }
    const after = words([0x08074b50, sums.crc, sums.packed, sums.size])
    yield after
    offset += local.length + sums.packed + after.length
    const central = Buffer.concat([
      shorts([VERSION]),
      head(0, at, sums, nameBytes.length).subarray(4),
      Buffer.alloc(10),
      words([start]),
    ])
    directory.push(words([0x02014b50]), central, nameBytes)
  }
  const listed = Buffer.concat(directory)
  yield listed
  yield Buffer.concat([words([0x06054b50, 0]), shorts([count, count]), words([listed.length, offset]), shorts([0])])
}

type Sums = { crc: number; packed: number; size: number }

async function* packed(content: ZipEntry['content'], sums: Sums): AsyncGenerator<Buffer> {
  const counted = async function* () {
    for await (const text of typeof content === 'string' || content instanceof Uint8Array ? [content] : content) {
      const bytes = Buffer.from(text)
      sums.crc = crc32(bytes, sums.crc)
      sums.size += bytes.length
      yield bytes
    }
  }
  const deflated = createDeflateRaw()
  // A source that fails ends the reading below with its error.
  pipeline(Readable.from(counted(), { objectMode: false }), deflated, () => undefined)
  yield* deflated
}

/** What the local and the central header have in common. */
function head(signature: number, at: Date, { crc, packed: packedSize, size }: Sums, nameLength: number): Buffer {
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  return Buffer.concat([
    words([signature]),
    shorts([VERSION, FLAGS, DEFLATED, time, date]),
    words([crc, packedSize, size]),
    shorts([nameLength, 0]),
  ])
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i)
  return bytes
}

function shorts(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, 2 * i)
  return bytes
}
