import { readdir, writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import type { Database } from '#db/client.ts'
import { listOwnBackends } from '#db/queries/workers.ts'

/**
 * As `nice` counts: a reader weighs nearly thirty times as much. Of 10, 15 and 19 none could be shown to be better for readers
 * (bench/results.md), and the higher, the less a program beside us that takes every core leaves of it.
 */
const NICE = 15

/**
 * Readers first: whatever this process does, and PostgreSQL for it where the server runs on this machine, takes the processor time
 * that people leave. While nobody reads it is as quick as ever. Call again and again: connections and threads come and go.
 */
export function makeStandBack(db: Database, serverIsHere: boolean): () => Promise<void> {
  const done = new Set<number>()
  return async () => {
    const threads = await ownThreads()
    const backends = serverIsHere ? await listOwnBackends(db) : []
    const running = new Set([...threads, ...backends])
    for (const id of done) if (!running.has(id)) done.delete(id)
    for (const id of running) {
      if (done.has(id)) continue
      done.add(id)
      const isWeighed = weigh(id)
      // A desktop's Linux weighs sessions, not processes, and each backend is a session of its own.
      if (isWeighed && backends.includes(id)) await writeFile(`/proc/${id}/autogroup`, String(NICE)).catch(() => undefined)
    }
  }
}

/** Linux weighs each thread by itself, and those that collect garbage and unpack have as much to do as the first. */
async function ownThreads(): Promise<number[]> {
  const threads = await readdir('/proc/self/task').catch(() => [])
  return threads.length > 0 ? threads.map(Number) : [process.pid]
}

/** False on a system that does not know it, or does not let us: it goes on as it was. */
function weigh(id: number): boolean {
  try {
    setPriority(id, NICE)
    return true
  } catch {
    return false
  }
}
