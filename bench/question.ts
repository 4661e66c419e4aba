/** What one question of the bench found. `value` is in `unit`; `goal` says in words what `ok` compares it with. */
export type Answer = {
  readonly name: string
  /** null: there is none, see `error`. */
  readonly value: number | null
  readonly unit: 'ratio' | 'ms' | 's' | 'MB'
  readonly goal: string
  readonly ok: boolean
  readonly [more: string]: unknown
}

export type Size = {
  /** A few minutes for everything, on the sizes that fit. */
  readonly quick: boolean
  /** How often each measurement is repeated; the median counts. */
  readonly rounds: number
}

/** One file a question: what it asks is in the comment above its `ask`. */
export type Question = { ask(size: Size): AsyncIterable<Answer> | Promise<readonly Answer[]> }

export const atLeast = (value: number, goal: number) => ({ goal: `>= ${goal}`, ok: value >= goal })
export const atMost = (value: number, goal: number) => ({ goal: `<= ${goal}`, ok: value <= goal })
export const below = (value: number, goal: number) => ({ goal: `< ${goal}`, ok: value < goal })

export const p95 = (values: readonly number[]): number => {
  const sorted = inOrder(values)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))]!
}

/** Of an even number the middle between both: the larger ratio alone is the better one. */
export function median(values: readonly number[]): number {
  const sorted = inOrder(values)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2
}

const inOrder = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

export const rounded = (value: number, digits = 2): number => Math.round(value * 10 ** digits) / 10 ** digits

export async function seconds<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - start) / 1000 }
}

/** The most memory this process was seen to use until the returned function is called, in MB. */
export function watchMemory(): () => number {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 50)
  return () => {
    clearInterval(timer)
    look()
    return Math.round(peak / 1024 / 1024)
  }
}

/** What a person who waits wants to know; the answers alone are on standard output. */
export const tell = (text: string): void => {
  process.stderr.write(`${text}\n`)
}
