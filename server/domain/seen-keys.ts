import { KeyHash } from './key-hash.ts'

/** Beyond this many keys the database looks for repeats instead: 32 MB. */
const KEYS_MAX = 2_000_000

/**
 * Tells whether any key of a load could have come twice: equal keys have equal hashes, so where no hash came twice no key did.
 * Where one did, the database decides.
 */
export class SeenKeys {
  /** A hash came twice, or there were too many to tell. */
  mayRepeat = false
  private size = 0
  private words = new Uint32Array(2 * 4_096)
  private readonly key: KeyHash

  constructor(seeds: readonly [number, number]) {
    this.key = new KeyHash(seeds)
  }

  add(sourceKey: string): void {
    if (this.mayRepeat) return
    this.key.ofText(sourceKey)
    if (!this.put(this.key.a || 1, this.key.b)) return this.giveUp()
    if (++this.size > KEYS_MAX) return this.giveUp()
    if (this.size * 4 > this.words.length) this.grow()
  }

  private put(a: number, b: number): boolean {
    const { words } = this
    const mask = words.length / 2 - 1
    let slot = a & mask
    while (words[2 * slot] !== 0) {
      if (words[2 * slot] === a && words[2 * slot + 1] === b) return false
      slot = (slot + 1) & mask
    }
    words[2 * slot] = a
    words[2 * slot + 1] = b
    return true
  }

  private grow(): void {
    const before = this.words
    this.words = new Uint32Array(2 * before.length)
    for (let at = 0; at < before.length; at += 2) if (before[at] !== 0) this.put(before[at]!, before[at + 1]!)
  }

  private giveUp(): void {
    this.mayRepeat = true
    this.words = new Uint32Array(0)
  }
}
