const BACKSLASH = 92
const FIRST_PRINTABLE = 32
const LAST_PRINTABLE = 126

/** Texts one after the other as UTF-8. No string is made of them together: half of what a load left to the collector were such strings. */
export class TextBytes {
  private bytes: Buffer
  private used = 0

  constructor(private readonly size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  get length(): number {
    return this.used
  }

  /** The text and a byte after it. `written`: what stands for a text that has a backslash or anything but printable ASCII. */
  add(text: string, end: number, written: (text: string) => string): void {
    const { length } = text
    this.makeRoom(length + 1)
    const { bytes, used } = this
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code < FIRST_PRINTABLE || code > LAST_PRINTABLE || code === BACKSLASH) return this.addOther(written(text), end)
      bytes[used + i] = code
    }
    bytes[used + length] = end
    this.used = used + length + 1
  }

  /** The same of a text that is written as it is, and is ASCII. */
  addAscii(text: string, end: number): void {
    const { length } = text
    this.makeRoom(length + 1)
    const { bytes, used } = this
    for (let i = 0; i < length; i++) bytes[used + i] = text.charCodeAt(i)
    bytes[used + length] = end
    this.used = used + length + 1
  }

  /** All of it, to keep. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.used)
    this.bytes = Buffer.allocUnsafe(this.size)
    this.used = 0
    return taken
  }

  /** All but the last byte, until something is added. */
  takeForNow(): Buffer {
    const taken = this.bytes.subarray(0, this.used - 1)
    if (this.bytes.length > this.size) this.bytes = Buffer.allocUnsafe(this.size)
    this.used = 0
    return taken
  }

  private addOther(text: string, end: number): void {
    this.makeRoom(3 * text.length + 1)
    this.used += this.bytes.write(text, this.used)
    this.bytes[this.used++] = end
  }

  private makeRoom(most: number): void {
    const needed = this.used + most
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(2 * needed)
    this.bytes.copy(larger, 0, 0, this.used)
    this.bytes = larger
  }
}
