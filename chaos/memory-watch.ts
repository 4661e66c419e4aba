const LOOK_EVERY_MS = 50
const MIB = 1024 * 1024
/** Of a whole process with the readers, the drivers and the trial in it. */
const MEMORY_MIB_MAX = 700

/** The most memory this process ever had while somebody tried to fill it. */
export class MemoryWatch {
  private most = 0

  constructor() {
    setInterval(() => this.look(), LOOK_EVERY_MS).unref()
  }

  /** 1 where it was too much, for counting. */
  excess(): number {
    this.look()
    return this.most > MEMORY_MIB_MAX ? 1 : 0
  }

  words(): string {
    return `at most ${Math.round(this.most)} MiB of memory (allowed: ${MEMORY_MIB_MAX})`
  }

  private look(): void {
    this.most = Math.max(this.most, process.memoryUsage.rss() / MIB)
  }
}
