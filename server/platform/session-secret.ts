import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const LENGTH_MIN = 32

/** Signs session cookies: the one that is set, or one made once and kept, so that a restart signs nobody out. */
export async function sessionSecret({ SESSION_SECRET, DATA_DIR }: { SESSION_SECRET?: string | undefined; DATA_DIR: string }) {
  if (SESSION_SECRET) return SESSION_SECRET
  const file = join(DATA_DIR, 'session.secret')
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept.length >= LENGTH_MIN) return kept
  await mkdir(DATA_DIR, { recursive: true })
  if (kept !== '') await rm(file) // Cut short, by a full disk for example: a short secret can be guessed.
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, randomBytes(48).toString('base64url'), { mode: 0o600 })
  await link(draft, file).catch(() => undefined) // Someone else was first: theirs counts.
  await rm(draft)
  return readFile(file, 'utf8')
}
