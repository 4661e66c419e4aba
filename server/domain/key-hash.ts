/**
 * 64 bits of a source key, to tell keys apart by the million. Not for keeping: it starts from two random numbers, so that nobody
 * can choose keys which meet. A text and its UTF-8 bytes give the same.
 */
export class KeyHash {
  a = 0
  b = 0

  constructor(private readonly seeds: readonly [number, number]) {}

  ofText(text: string): void {
    let [a, b] = this.seeds
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) return this.ofBytes(UTF8.encode(text))
      a = Math.imul(a ^ code, PRIME_A)
      b = Math.imul((b << 5) ^ (b >>> 27) ^ code, PRIME_B)
    }
    this.settle(a, b, text.length)
  }

  ofBytes(bytes: Uint8Array, from = 0, to = bytes.length): void {
    let [a, b] = this.seeds
    for (let i = from; i < to; i++) {
      const code = bytes[i]!
      a = Math.imul(a ^ code, PRIME_A)
      b = Math.imul((b << 5) ^ (b >>> 27) ^ code, PRIME_B)
    }
    this.settle(a, b, to - from)
  }

  private settle(a: number, b: number, length: number): void {
    this.a = mixed(a ^ length)
    this.b = mixed(b ^ (a >>> 7))
  }
}

const UTF8 = new TextEncoder()
const PRIME_A = 0x01000193
const PRIME_B = 0x85ebca6b | 0

/** The last step of MurmurHash3 for 32 bits: every bit of the input moves every bit of the output. */
function mixed(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
