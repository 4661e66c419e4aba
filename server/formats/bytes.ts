import { Buffer } from 'node:buffer'
import { TechnicalError } from '#server/domain/errors.ts'
import type { ByteStream } from '#server/formats/format.ts'

/** Measured: below, the per-piece cost shows; above, each piece is memory asked of the system anew, and its rows live long enough to be copied. */
const PIECE_BYTES = 64 * 1024

/**
 * The same bytes in pieces of about one size. Tiny chunks (a network) would make every scanner look at
 * the same unfinished row again and again; a huge one (a file in one buffer) would become one huge string.
 */
export async function* pieces(bytes: ByteStream, size = PIECE_BYTES): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += size) {
      const part = chunk.subarray(at, at + size)
      held.push(part)
      heldBytes += part.length
      if (heldBytes < size) continue
      yield joined(held, heldBytes)
      held = []
      heldBytes = 0
    }
  }
  if (heldBytes > 0) yield joined(held, heldBytes)
}

/** For formats that need the whole artifact at hand. Stops reading as soon as the limit is passed. */
export async function wholeOf(bytes: ByteStream, maxBytes: number): Promise<Buffer> {
  const held: Uint8Array[] = []
  let heldBytes = 0
  for await (const chunk of bytes) {
    heldBytes += chunk.length
    if (heldBytes > maxBytes) {
      throw new TechnicalError('file_too_large', `more than ${maxBytes.toLocaleString('en-GB')} bytes`)
    }
    held.push(chunk)
  }
  return joined(held, heldBytes)
}

function joined(parts: readonly Uint8Array[], length: number): Buffer {
  const [first] = parts
  if (first && parts.length === 1) return Buffer.from(first.buffer, first.byteOffset, first.byteLength)
  return Buffer.concat(parts, length)
}
