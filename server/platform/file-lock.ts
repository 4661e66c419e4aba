import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'

const BEAT_MS = 1_000
/** A holder that has not touched its lock for this long is gone, even when its process id lives on in another program. */
const STALE_AFTER_MS = 15_000

/**
 * Runs `work` while no other process does; null when another one is at it. It saves work and noise and is not a proof:
 * a lock taken over too soon lets two in, so what is done inside must be safe for two (PostgreSQL has an interlock of its own).
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>): Promise<T | null> {
  if (!(await take(file))) return null
  const beat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => undefined), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await rm(file, { force: true })
  }
}

async function take(file: string) {
  if (await create(file)) return true
  if (!(await isStale(file))) return false
  // Moved away first: of two that see the same left-over, only one can move it.
  const aside = `${file}.${randomUUID()}`
  const moved = await rename(file, aside).then(
    () => true,
    () => false,
  )
  if (moved) await rm(aside, { force: true })
  return moved && create(file)
}

const create = (file: string) => writeFile(file, `${process.pid}\n`, { flag: 'wx', mode: 0o644 }).then(() => true, isTaken)

function isTaken(error: NodeJS.ErrnoException) {
  if (error.code === 'EEXIST') return false
  throw error
}

async function isStale(file: string) {
  const [text, held] = await Promise.all([readFile(file, 'utf8').catch(() => null), stat(file).catch(() => null)])
  if (text === null || held === null) return false // Released this instant: the next try gets it.
  const age = Date.now() - held.mtimeMs
  const pid = Number.parseInt(text, 10)
  if (!Number.isInteger(pid)) return age > BEAT_MS // Cut off between making the file and writing it.
  return age > STALE_AFTER_MS || !isAlive(pid)
}

/** True for a process of another user as well: it exists, we just may not signal it. */
export function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
