/** A look that comes later than this was itself held up: of the time since the last one no more counts. */
const BETWEEN_LOOKS_MS_MAX = 10_000

/**
 * For how long each of several has shown the same, in time that this process itself saw pass. No clock that can be set says so; and while
 * a whole machine stands still, whoever is looked at cannot show anything either.
 */
export class Silence {
  private seen = new Map<string, { mark: string; ms: number }>()
  private lookedAt: number | null = null

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** What each shows now, by its name. Those that are not named any more are forgotten. */
  look(marks: ReadonlyMap<string, string>): (name: string) => number {
    const now = this.now()
    const passed = this.lookedAt === null ? 0 : Math.min(now - this.lookedAt, BETWEEN_LOOKS_MS_MAX)
    this.lookedAt = now
    const before = this.seen
    this.seen = new Map()
    for (const [name, mark] of marks) {
      const last = before.get(name)
      this.seen.set(name, { mark, ms: last?.mark === mark ? last.ms + passed : 0 })
    }
    return (name) => this.seen.get(name)?.ms ?? 0
  }
}
