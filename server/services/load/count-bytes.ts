type Counted = AsyncIterable<Uint8Array> & { total(): number }

/** Tells how far a stream was read, piece by piece, and how long it was in the end. */
export function countBytes(bytes: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Counted {
  let count = 0
  return {
    total: () => count,
    async *[Symbol.asyncIterator]() {
      for await (const piece of bytes) {
        count += piece.length
        onBytes(count)
        yield piece
      }
    },
  }
}
