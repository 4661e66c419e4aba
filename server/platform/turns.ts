/** Lets so many at a time go on, in the order in which they came. */
export class Turns {
  private readonly waiting: (() => void)[] = []

  constructor(private free: number) {}

  get isFree(): boolean {
    return this.free > 0
  }

  /** Resolves with what gives the turn back. Rejects where `signal` aborts before it came. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.free > 0) this.free--
    else await this.comeUp(signal)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const next = this.waiting.shift()
      // Handed on, not laid down: whoever comes in the same moment does not go before those who wait.
      if (next) next()
      else this.free++
    }
  }

  private comeUp(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const up = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(up), 1)
        reject(signal.reason as Error)
      }
      this.waiting.push(up)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}
