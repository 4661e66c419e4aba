import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { TechnicalError } from '#server/domain/errors.ts'

const CHUNK_BYTES = 256 * 1024
const NEVER = new AbortController().signal

/** What identifies one state of a file. */
export type FileState = { readonly size: number; readonly mtimeMs: number; readonly ino: number }

/**
 * The bytes of a file that must still be, from first to last, the one that was looked at: a sender who writes on while
 * we read would otherwise hand us half of the old file and half of the new one. Opened at the first read, closed at the end.
 */
export function steadyBytes(
  path: string,
  name: string,
  expected: FileState,
  signal: AbortSignal = NEVER,
): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      const file = await openPlain(path, name)
      try {
        if (!isSame(await file.stat(), expected)) throw changed(name)
        for (let position = 0; ; ) {
          signal.throwIfAborted()
          const { bytesRead, buffer } = await readChunk(file, name, position)
          if (bytesRead === 0) break
          position += bytesRead
          if (position > expected.size) throw changed(name)
          yield buffer.subarray(0, bytesRead)
        }
        if (!isSame(await file.stat(), expected)) throw changed(name)
      } finally {
        await file.close()
      }
    },
  }
}

/** Why a file or folder cannot be used, in words. Rethrows what is no failure of the file system. */
export function notFound(error: unknown, what: string): TechnicalError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  if (code === null) throw error
  return new TechnicalError('source_not_found', `${what} ${REASONS[code] ?? `cannot be opened (${code})`}`, { cause: error })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ENOTDIR: 'is not there: a part of its path is a file',
  EACCES: 'may not be read by this program',
  EPERM: 'may not be read by this program',
  ELOOP: 'is a link that leads nowhere',
  ENAMETOOLONG: 'has a name that is too long',
}

const isSame = (found: Stats, expected: FileState) =>
  found.size === expected.size && found.mtimeMs === expected.mtimeMs && found.ino === expected.ino

const changed = (name: string) => new TechnicalError('source_cut_short', `${name} changed while it was being read`)

async function openPlain(path: string, name: string): Promise<FileHandle> {
  try {
    // The path was resolved before; a link in its place now was put there since. Without NONBLOCK a pipe would hang us.
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw notFound(error, name)
  }
}

async function readChunk(file: FileHandle, name: string, position: number) {
  try {
    return await file.read(Buffer.allocUnsafeSlow(CHUNK_BYTES), 0, CHUNK_BYTES, position)
  } catch (error) {
    throw new TechnicalError('source_cut_short', `${name} could not be read to its end`, { cause: error })
  }
}
