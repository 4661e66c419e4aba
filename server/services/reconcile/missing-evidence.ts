import { createHash } from 'node:crypto'
import type { Database } from '#db/client.ts'
import { readArtifact } from '#db/queries/artifacts.ts'
import { listEvidence, storedVersionOf } from '#db/queries/evidence.ts'
import { listSealedFiles, type ReconciliationsFilter } from '#db/queries/reconciliation-screens.ts'
import type { EvidenceHash } from './seal.ts'

/** `gone`: no such file is kept any more. `changed`: its bytes are not those that were sealed. Neither says anything of the figures. */
export type MissingEvidence = EvidenceHash & { readonly why: 'gone' | 'changed' }

/** Files of a seal that can no longer be shown: found by reading their bytes, never by what is said of them. */
export async function missingEvidence(
  db: Database,
  reconciliationId: number,
  sealed: readonly EvidenceHash[],
): Promise<MissingEvidence[]> {
  if (sealed.length === 0) return []
  const kept = await listEvidence(db, reconciliationId)
  const missing: MissingEvidence[] = []
  for (const one of sealed) {
    const row = kept.find(({ name, sha256 }) => name === one.name && sha256 === one.sha256)
    if (!row) missing.push({ ...one, why: 'gone' })
    else if ((await hashNow(db, row.artifactId, await storedVersionOf(db, row.artifactId))) !== one.sha256)
      missing.push({ ...one, why: 'changed' })
  }
  return missing
}

/** Of the reconciliations of a filter, whatever state it says, those that sealed a file which can no longer be shown. */
export async function withMissingEvidence(db: Database, filter: ReconciliationsFilter): Promise<ReadonlySet<number>> {
  const found = new Set<number>()
  for (const { reconciliationId, artifactId, version, sha256 } of await listSealedFiles(db, filter)) {
    if (artifactId === null || (await hashNow(db, artifactId, version)) !== sha256) found.add(reconciliationId)
  }
  return found
}

/** Hashes of bytes that were read already, by the version of the rows that hold them: a screen that is opened again reads no file again. */
const readIn = new WeakMap<Database, Map<number, { readonly version: string; readonly sha256: string | null }>>()
const KEPT_MAX = 10_000

/** The hash that the bytes of an artifact have now; null where they cannot be unpacked. */
async function hashNow(db: Database, artifactId: number, version: string): Promise<string | null> {
  const read = readIn.get(db) ?? new Map()
  readIn.set(db, read)
  const earlier = read.get(artifactId)
  if (earlier?.version === version) return earlier.sha256
  const sha256 = await hashOf(db, artifactId)
  if (read.size >= KEPT_MAX) read.clear()
  read.set(artifactId, { version, sha256 })
  return sha256
}

async function hashOf(db: Database, artifactId: number): Promise<string | null> {
  const hash = createHash('sha256')
  try {
    for await (const piece of readArtifact(db, artifactId)) hash.update(piece)
    return hash.digest('hex')
  } catch (error) {
    if (isUnpackable(error)) return null
    throw error
  }
}

/** zlib names its errors so. */
export const isUnpackable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
