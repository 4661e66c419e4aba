import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import type { Database } from '#db/client.ts'
import { listOwnBackends } from '#db/queries/workers.ts'

/** As `nice` counts: a reader weighs nine times as much. */
const NICE = 10

/**
 * Readers first: whatever this process does, and PostgreSQL for it where the server runs on this machine, takes the processor time
 * that people leave. While nobody reads it is as quick as ever. Call again and again: connections come and go.
 */
export function makeStandBack(db: Database, serverIsHere: boolean): () => Promise<void> {
  const done = new Set<number>()
  return async () => {
    const running = new Set([process.pid, ...(serverIsHere ? await listOwnBackends(db) : [])])
    for (const pid of done) if (!running.has(pid)) done.delete(pid)
    for (const pid of running) {
      if (done.has(pid)) continue
      done.add(pid)
      await standBack(pid)
    }
  }
}

/** A system that does not know it, or does not let us, goes on as it was. */
async function standBack(pid: number): Promise<void> {
  try {
    setPriority(pid, NICE)
  } catch {
    return
  }
  // A desktop's Linux weighs sessions, not processes, and each backend is a session of its own.
  if (pid !== process.pid) await writeFile(`/proc/${pid}/autogroup`, String(NICE)).catch(() => undefined)
}
