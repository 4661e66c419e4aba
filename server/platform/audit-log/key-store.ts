import { createPrivateKey, type KeyObject } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the private key lies that signs checkpoints. It is read anew each time, so that it can be changed while a worker runs. */
export type KeyStore = {
  /** Null where this process has none, or none that can be read. */
  read(): Promise<KeyObject | null>
  /** Null where the key is not ours to write, because it comes from the environment. */
  readonly keep: ((key: KeyObject) => Promise<void>) | null
}

export const NO_KEY: KeyStore = { read: () => Promise.resolve(null), keep: null }
export const KEY_FILE = 'audit-signing.key'

/** The key of AUDIT_SIGNING_KEY, else that of the data directory. Never in the database: whoever could change the log could sign it. */
export function keyStore({
  AUDIT_SIGNING_KEY,
  DATA_DIR,
}: {
  AUDIT_SIGNING_KEY?: string | undefined
  DATA_DIR: string
}): KeyStore {
  if (AUDIT_SIGNING_KEY) return { read: () => Promise.resolve(keyOf(AUDIT_SIGNING_KEY)), keep: null }
  const file = join(DATA_DIR, KEY_FILE)
  return {
    read: async () => keyOf(await readFile(file, 'utf8').catch(() => '')),
    async keep(key) {
      await mkdir(DATA_DIR, { recursive: true })
      const draft = `${file}.${process.pid}`
      await writeFile(draft, `${key.export({ format: 'der', type: 'pkcs8' }).toString('base64')}\n`, { mode: 0o600 })
      await rename(draft, file)
    },
  }
}

function keyOf(text: string): KeyObject | null {
  try {
    const key = createPrivateKey({ key: Buffer.from(text.trim(), 'base64'), format: 'der', type: 'pkcs8' })
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}
