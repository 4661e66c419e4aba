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

/**
 * Files of one folder, in the order of their names. Each run sees the files that are there and settled at its start; which
 * of them were handled before is for the caller to know.
 */
export const folder: Connector<FolderSettings> = {
  type: 'folder',
  settings: FolderSettings,
  async *extract({ settings, cursor, file, signal, credential, onCall }: ExtractRequest<FolderSettings>) {
    signal.throwIfAborted()
    const told = { onCall, signal }
    const listed = (found: readonly Found[]) => ({ bytes: 0, value: found })
    const files = await timedCall(
      told,
      `list ${file ?? settings.pattern}`,
      () => settledFiles(settings, credential, file),
      listed,
    )
    const rest = filesAfter(files, cursor)
    for (const [i, { name, path, state }] of rest.entries()) {
      signal.throwIfAborted()
      if (state.size > settings.maxBytes) {
        throw new TechnicalError('file_too_large', `${name} has ${state.size} bytes, the job allows ${settings.maxBytes}`)
      }
      const isLast = i === rest.length - 1
      const bytes = timedBytes(told, name, steadyBytes(path, name, state, signal))
      yield { name, bytes, cursor: isLast ? null : cursorAt(name, state) }
    }
    signal.throwIfAborted()
  },
}

/** Settled files that match, in the order of their names. */
export async function listFolder(settings: FolderSettings, credential: Credential): Promise<FolderFile[]> {
  const files = await settledFiles(settings, credential)
  return files.map(({ name, path, state }) => ({ name, path, bytes: state.size, modifiedAt: state.mtime }))
}

type Found = { readonly name: string; readonly path: string; readonly state: Stats }

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
    const file = await askInTurn(place, () => lookAt(root, nameOf(bytes)))
    if (file?.state.isFile() && isSettled(file.state, settleMs)) files.push(file)
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

/** As text it would name another file, which is not there, and be passed over in silence for ever. */
function nameOf(bytes: Buffer): string {
  const name = bytes.toString()
  if (isUtf8(bytes)) return name
  throw new TechnicalError('source_refused', `the name of ${JSON.stringify(name)} is not UTF-8; rename the file`)
}

/** Null when the file went away since it was listed, as a sender may rename it, or is a link to nothing. */
async function lookAt(root: string, name: string): Promise<Found | null> {
  let target = join(root, name)
  let state: Stats
  try {
    state = await lstat(target)
    if (state.isSymbolicLink()) {
      target = await realpath(target)
      state = await stat(target)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ELOOP')) return null
    throw notFound(error, name)
  }
  // Whoever may write here could otherwise have any file of this machine loaded and shown.
  if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new TechnicalError('source_refused', `${name} is a link that leaves the folder; remove it`)
  }
  return { name, path: target, state }
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

const cursorAt = (name: string, { mtimeMs, size }: Stats) => JSON.stringify({ name, mtimeMs, size })
const Cursor = z.strictObject({ name: z.string(), mtimeMs: z.number(), size: z.number() })

/** What the cursor had not reached. Its own file counts again when it was replaced since. */
function filesAfter(files: readonly Found[], cursor: string | null): readonly Found[] {
  if (cursor === null) return files
  const last = readCursor(cursor)
  const isReplaced = ({ mtimeMs, size }: Stats) => mtimeMs !== last.mtimeMs || size !== last.size
  return files.filter(({ name, state }) => name > last.name || (name === last.name && isReplaced(state)))
}

function readCursor(cursor: string): z.output<typeof Cursor> {
  try {
    return Cursor.parse(JSON.parse(cursor))
  } catch (cause) {
    throw new TechnicalError(
      'source_contract_changed',
      'the run stopped at a cursor of another kind of source; start a new run',
      { cause },
    )
  }
}
