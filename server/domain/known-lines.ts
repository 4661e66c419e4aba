import { KeyHash } from './key-hash.ts'

/**
 * The current lines of a system by source key and content, to tell while a file is read which of its records are unchanged. A line
 * takes 37 bytes: 64 bits of its content hash (SHA-256), 64 bits of a hash of its key, its id and its segment. The hash of keys
 * starts from two numbers that are drawn anew for every load, so that nobody can choose keys which meet.
 */
export class KnownLines {
  /** Two records of the load are about one of the lines, and at least one of them says the same. */
  isNamedTwice = false
  private size = 0
  private expected = 0
  /** Ordinal + 1 of the line in each slot; 0 where there is none. */
  private readonly slots: Int32Array
  private readonly mask: number
  /** Four words a line: key, key, content, content. */
  private readonly words: Uint32Array
  private readonly lineIds: Float64Array
  private readonly segments: Int32Array
  /** What the load has said of each line: nothing, the same (SAME) or something else (OTHER). */
  private readonly said: Uint8Array
  private readonly key: KeyHash

  /** `capacity`: more lines than that are refused. `seeds`: two random numbers of 32 bits. */
  constructor(capacity: number, seeds: readonly [number, number]) {
    this.key = new KeyHash(seeds)
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 1.5)))
    this.slots = new Int32Array(slots)
    this.mask = slots - 1
    this.words = new Uint32Array(4 * capacity)
    this.lineIds = new Float64Array(capacity)
    this.segments = new Int32Array(capacity)
    this.said = new Uint8Array(capacity)
  }

  get count(): number {
    return this.size
  }

  /** The source key is the bytes `from` to `to` (UTF-8); contentA and contentB are the first 64 bits of the content hash. */
  add(bytes: Uint8Array, from: number, to: number, contentA: number, contentB: number, lineId: number, segment: number): void {
    if (this.size === this.said.length) throw new Error('more lines than there is room for')
    this.key.ofBytes(bytes, from, to)
    const at = 4 * this.size
    this.words[at] = this.key.a
    this.words[at + 1] = this.key.b
    this.words[at + 2] = contentA
    this.words[at + 3] = contentB
    this.lineIds[this.size] = lineId
    this.segments[this.size] = segment
    let slot = this.key.a & this.mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask
    this.slots[slot] = ++this.size
  }

  /**
   * The ordinal of the line that says the same under the same key; -1 where there is none, or where another record of the load has
   * said something of that line before: then it is named twice.
   */
  take(sourceKey: string, contentHash: string): number {
    this.key.ofText(sourceKey)
    const { a, b } = this.key
    // A file that comes again mostly comes in the order of the lines: the next one is at hand, its slot is not.
    const ordinal = this.isKey(this.expected, a, b) ? this.expected : this.find(a, b)
    if (ordinal === -1) return -1
    this.expected = ordinal + 1
    const { words } = this
    const at = 4 * ordinal + 2
    const isSame = words[at] === wordOf(contentHash, 0) && words[at + 1] === wordOf(contentHash, 8)
    const before = this.said[ordinal]
    if (before === NOTHING) {
      this.said[ordinal] = isSame ? SAME : OTHER
      return isSame ? ordinal : -1
    }
    if (isSame || before === SAME) this.isNamedTwice = true
    return -1
  }

  private isKey(ordinal: number, a: number, b: number): boolean {
    return ordinal < this.size && this.words[4 * ordinal] === a && this.words[4 * ordinal + 1] === b
  }

  private find(a: number, b: number): number {
    for (let slot = a & this.mask; ; slot = (slot + 1) & this.mask) {
      const ordinal = this.slots[slot]! - 1
      if (ordinal === -1 || this.isKey(ordinal, a, b)) return ordinal
    }
  }

  lineIdOf(ordinal: number): number {
    return this.lineIds[ordinal]!
  }

  segmentOf(ordinal: number): number {
    return this.segments[ordinal]!
  }
}

const NOTHING = 0
const SAME = 1
const OTHER = 2

/** Eight hexadecimal digits from `at` on. */
function wordOf(hex: string, at: number): number {
  let word = 0
  for (let i = at; i < at + 8; i++) {
    const code = hex.charCodeAt(i)
    word = (word << 4) | (code < 58 ? code - 48 : code - 87)
  }
  return word >>> 0
}
