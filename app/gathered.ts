import { Transform, type TransformCallback } from 'node:stream'

const AT_ONCE_BYTES = 64 * 1024

/**
 * Passes on in few pieces what comes in many: React writes a page 2 kB at a time, and each piece was a write to the socket of
 * its own, a tenth of the time of a large page. What has come is never kept longer than the turn of the event loop.
 */
export class Gathered extends Transform {
  private parts: Buffer[] = []
  private bytes = 0
  private isDue = false

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.parts.push(chunk)
    this.bytes += chunk.length
    if (this.bytes >= AT_ONCE_BYTES) this.send()
    else if (!this.isDue) {
      this.isDue = true
      setImmediate(() => {
        this.isDue = false
        this.send()
      })
    }
    done()
  }

  override _flush(done: TransformCallback): void {
    this.send()
    done()
  }

  private send(): void {
    if (this.bytes === 0 || this.destroyed) return
    const whole = Buffer.concat(this.parts, this.bytes)
    this.parts = []
    this.bytes = 0
    this.push(whole)
  }
}
