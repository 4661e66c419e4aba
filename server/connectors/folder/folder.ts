import { isUtf8 } from 'node:buffer'
import type { Stats } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Connector, ExtractRequest } from '../connector.ts'
import { timedBytes, timedCall } from '../source-call.ts'
import { notFound, steadyBytes } from '../steady-file.ts'
import { askInTurn } from './asked-in-turn.ts'
import { matchesGlob } from './glob.ts'

export const FolderSettings = z.strictObject({
  type: z.literal('folder').optional().describe('Stands in the job beside the settings'),
  path: z.string().min(1).describe('The folder that senders put files into'),
  baseFrom: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'name an environment variable')
    .optional()
    .describe(
      'Name of the environment variable that holds the folder the path goes on from: one for test, another for production',
    ),
  pattern: z
    .string()
    .regex(/^[^/\\]+$/, 'a pattern names files of this folder only')
    .default('*')
    .describe('Which files: * stands for any text, ? for one character; hidden files only when it begins with a dot'),
  settleMs: z
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(2_000)
    .describe('A file that changed within this time is taken to be still written and is left for the next run; 0: none is'),
  maxBytes: z
    .number()
    .int()
    .min(1)
    .default(4 * 1024 ** 3)
    .describe('Largest file'),
})
export type FolderSettings = z.output<typeof FolderSettings>

export type FolderFile = { readonly name: string; readonly path: string; readonly bytes: number; readonly modifiedAt: Date }

/** One file of a folder: the one that is named, or the first there is, where somebody asks only whether it can be read. Which were handled before is for the caller to know. */
export const folder: Connector<FolderSettings> = {
  type: 'folder',
  settings: FolderSettings,
  async *extract({ settings, cursor, file, signal, credential, onCall }: ExtractRequest<FolderSettings>) {
    signal.throwIfAborted()
    if (cursor !== null) throw new TechnicalError('source_contract_changed', 'a folder is read file by file; start a new run')
    const told = { onCall, signal }
    const listed = (found: readonly Found[]) => ({ bytes: 0, value: found })
    const [found] = await timedCall(
      told,
      `list ${file ?? settings.pattern}`,
      () => settledFiles(settings, credential, file),
      listed,
    )
    signal.throwIfAborted()
    if (!found) return
    const { name, path, state, refused } = found
    if (refused !== undefined) throw new TechnicalError('source_refused', refused)
    if (state.size > settings.maxBytes)
      throw new TechnicalError('file_too_large', `${name} has ${state.size} bytes, the job allows ${settings.maxBytes}`)
    yield { name, bytes: timedBytes(told, name, steadyBytes(path, name, state, signal)), cursor: null }
    signal.throwIfAborted()
  },
}

/** Settled files that match, in the order of their names; those too that are refused when they are read, which keep no other from being read. */
export async function listFolder(settings: FolderSettings, credential: Credential): Promise<FolderFile[]> {
  const files = await settledFiles(settings, credential)
  return files.map(({ name, path, state }) => ({ name, path, bytes: state.size, modifiedAt: state.mtime }))
}

/** refused: why it must not be read; its state is then that of the name itself. */
type Found = { readonly name: string; readonly path: string; readonly state: Stats; readonly refused?: string }

type Credential = ExtractRequest<FolderSettings>['credential']

async function settledFiles(
  { path, baseFrom, pattern, settleMs }: FolderSettings,
  credential: Credential,
  only?: string,
): Promise<Found[]> {
  const base = baseFrom === undefined ? null : (credential(baseFrom)?.trim() ?? '')
  if (base === '') throw new TechnicalError('credential_missing', `${baseFrom} is not set`)
  const place = base === null ? path : join(base, path)
  const { root, names } = await askInTurn(place, () => look(place))
  const files: Found[] = []
  const isMeant = (name: string) => (only === undefined ? matchesGlob(pattern, name) : name === only)
  for (const bytes of names.filter((candidate) => isMeant(candidate.toString()))) {
    const file = await askInTurn(place, () => lookAt(root, bytes))
    if (!file || !isSettled(file.state, settleMs)) continue
    files.push(file)
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function look(path: string): Promise<{ root: string; names: Buffer[] }> {
  try {
    const root = await realpath(path)
    if (!(await stat(root)).isDirectory()) throw new TechnicalError('source_not_found', `${path} is a file, not a folder`)
    return { root, names: await readdir(root, { encoding: 'buffer' }) }
  } catch (error) {
    throw error instanceof TechnicalError ? error : notFound(error, path)
  }
}

/** Null for what is no file, and when it went away since it was listed, as a sender may rename it, or is a link to nothing. */
async function lookAt(root: string, bytes: Buffer): Promise<Found | null> {
  const name = bytes.toString()
  const path = join(root, name)
  let state: Stats | null = null
  try {
    state = await lstat(Buffer.concat([Buffer.from(root + sep), bytes]))
    if (!state.isFile() && !state.isSymbolicLink()) return null
    // As text it would name another file, which is not there, and be passed over in silence for ever.
    if (!isUtf8(bytes)) return { name, path, state, refused: `the name of ${JSON.stringify(name)} is not UTF-8; rename the file` }
    if (state.isFile()) return { name, path, state }
    const target = await realpath(path)
    // Whoever may write here could otherwise have any file of this machine loaded and shown.
    if (!target.startsWith(root.endsWith(sep) ? root : root + sep))
      return { name, path, state, refused: `${name} is a link that leaves the folder; remove it` }
    const meant = await stat(target)
    return meant.isFile() ? { name, path: target, state: meant } : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP')) return null
    // Of a link that cannot be followed now nobody knows what it means: it is looked at again, and keeps no other file back.
    if (state?.isSymbolicLink()) return null
    throw notFound(error, name)
  }
}

/**
 * The change time too: a copy that keeps the old date sets it at its end or at its start, but every write moves the change
 * time. A modification date in the future says nothing about now.
 */
function isSettled({ mtimeMs, ctimeMs }: Stats, settleMs: number): boolean {
  const now = Date.now()
  const lastChange = mtimeMs > now ? ctimeMs : Math.max(mtimeMs, ctimeMs)
  // File times have fractions of a millisecond and the clock has none: a file of this instant seems to lie in the future.
  return settleMs === 0 || now - lastChange >= settleMs
}
