import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, readdir, realpath, rename, unlink } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import { timedBytes, timedCall } from '../source-call.ts'
import { NotPlaced, type FileTarget, type TargetRequest } from '../target.ts'

export const FileTargetSettings = z.strictObject({
  /** Where this program may write is for who runs it to say, not for who writes a job. */
  baseFrom: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'name an environment variable')
    .describe('Name of the environment variable that holds the folder the path goes on from'),
  path: z
    .string()
    .regex(/^(?![/\\])(?!.*(^|[/\\])\.\.([/\\]|$))/, 'a folder below the one of the environment')
    .default('.')
    .describe('The folder below it that files are put into; it must be there'),
})
export type FileTargetSettings = z.output<typeof FileTargetSettings>

/** Files for whoever takes them from a folder. A file appears whole or not at all, and is never written over. */
export const fileTarget: FileTarget<FileTargetSettings> = {
  kind: 'file',
  settings: FileTargetSettings,
  async place(request, name, bytes, willAppear) {
    const put = async () => {
      const folder = await folderOf(request)
      await removeLeftovers(folder, name)
      const temporary = join(folder, `.${name}.${randomUUID()}.part`)
      try {
        const { sha256, size } = await write(temporary, bytes, request.signal)
        await willAppear()
        return { size, placed: { outcome: await appear(temporary, folder, name, sha256), sha256 } }
      } catch (error) {
        throw failureOf(error, name)
      } finally {
        await unlink(temporary).catch(() => undefined)
      }
    }
    return timedCall(request, `put ${name}`, put, ({ size, placed }) => ({ bytes: size, value: placed }))
  },
  find(request, name, bytes) {
    const look = async () => {
      const there = await hashIfThere(join(await folderOf(request), name)).catch((error: unknown) => {
        throw failureOf(error, name)
      })
      if (there === null) return 'gone' as const
      return there === (await hashOf(bytes)) ? ('there' as const) : ('differs' as const)
    }
    return timedCall(request, `find ${name}`, look, (value) => ({ bytes: 0, value }))
  },
  read: (request, name) => timedBytes(request, `read ${name}`, bytesOf(request, name)),
}

/** Under its name it appears whole; a link, unlike a rename, takes the place of nobody. Some file systems know no links. */
async function appear(temporary: string, folder: string, name: string, sha256: string): Promise<'placed' | 'there' | 'differs'> {
  const path = join(folder, name)
  try {
    await link(temporary, path)
    return 'placed'
  } catch (error) {
    const there = await hashIfThere(path)
    if (there !== null) return there === sha256 ? 'there' : 'differs'
    if (!WITHOUT_LINKS.includes(codeOf(error) ?? '')) throw refusalOf(error, name)
    await rename(temporary, path).catch((refused: unknown) => {
      throw refusalOf(refused, name)
    })
    return 'placed'
  }
}
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
/** A share may have done what it did not answer for; these say that nothing was done. */
const REFUSALS = ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS']

const refusalOf = (error: unknown, name: string) =>
  REFUSALS.includes(codeOf(error) ?? '') ? failureOf(error, name, NotPlaced) : error

/** What a killed attempt left behind. */
async function removeLeftovers(folder: string, name: string): Promise<void> {
  for (const left of await readdir(folder))
    if (left.startsWith(`.${name}.`) && left.endsWith('.part')) await unlink(join(folder, left)).catch(() => undefined)
}

async function write(path: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  const file = await open(path, 'wx')
  const hash = createHash('sha256')
  let size = 0
  try {
    for await (const piece of bytes) {
      signal.throwIfAborted()
      hash.update(piece)
      size += piece.length
      await file.writeFile(piece)
    }
    // Whoever sees the name after a power cut sees all of it.
    await file.sync()
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), size }
}

async function* bytesOf(request: TargetRequest<FileTargetSettings>, name: string): AsyncGenerator<Uint8Array> {
  const path = join(await folderOf(request), name)
  try {
    yield* plainBytes(path)
  } catch (error) {
    // It is read after it was placed, and its folder is there.
    if (codeOf(error) === 'ENOENT') throw new TechnicalError('target_file_gone', name, { cause: error })
    throw failureOf(error, name)
  }
}

async function hashIfThere(path: string): Promise<string | null> {
  return hashOf(plainBytes(path)).catch((missing: unknown) => {
    if (codeOf(missing) === 'ENOENT') return null
    throw missing
  })
}

async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of bytes) hash.update(piece)
  return hash.digest('hex')
}

async function* plainBytes(path: string): AsyncGenerator<Uint8Array> {
  // A link in its place would lead us elsewhere; a pipe would hang us.
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    for await (const piece of file.createReadStream({ autoClose: false })) yield piece as Buffer
  } finally {
    await file.close()
  }
}

async function folderOf({ settings: { path, baseFrom }, credential }: TargetRequest<FileTargetSettings>): Promise<string> {
  const base = credential(baseFrom)?.trim() ?? ''
  if (base === '') throw new TechnicalError('target_credential_missing', `${baseFrom} is not set`)
  const [root, folder] = await Promise.all([realpath(base), realpath(join(base, path))]).catch((error: unknown) => {
    throw failureOf(error, path)
  })
  // A link in it could lead anywhere.
  if (folder === root || folder.startsWith(root + sep)) return folder
  throw new TechnicalError('target_folder_unusable', `${path} leads out of the folder of ${baseFrom}`)
}

function failureOf(error: unknown, what: string, Failure = TechnicalError): unknown {
  const code = codeOf(error)
  // What the database says while the bytes are read from it is no failure of the folder.
  if (error instanceof TechnicalError || code === null || !/^E(?!CONN|PIPE)[A-Z0-9]+$/.test(code)) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Failure('target_disk_full', what, { cause: error })
  return new Failure('target_folder_unusable', `${what} (${code})`, { cause: error })
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
