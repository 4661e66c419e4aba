import type { Database } from '#db/client.ts'
import { readArtifact } from '#db/queries/artifacts.ts'
import { listEvidence } from '#db/queries/evidence.ts'
import { findReconciliation } from '#db/queries/reconciliations.ts'
import { seesEntity } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { isUnpackable } from '../reconcile/missing-evidence.ts'
import { sha256Hex } from '#server/platform/hash.ts'

/** A file of evidence as it was added, whole and hashed before it is handed over. Throws Refusal (evidence_not_found, evidence_missing). */
export async function readEvidenceFile(
  db: Database,
  {
    reconciliationId,
    evidenceId,
    scope,
  }: { readonly reconciliationId: number; readonly evidenceId: number; readonly scope: readonly string[] },
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const of = await findReconciliation(db, reconciliationId)
  const isSeen = of !== null && seesEntity({ entityScope: scope }, of.entity)
  const found = isSeen && (await listEvidence(db, reconciliationId)).find((one) => one.evidenceId === evidenceId)
  if (!found) throw new Refusal('evidence_not_found', `${evidenceId}`)
  const bytes = await readEvidenceBytes(db, found)
  if (!bytes) throw new Refusal('evidence_missing', found.name)
  return { name: found.name, bytes }
}

/** null where they are not those that were added. */
export async function readEvidenceBytes(
  db: Database,
  { artifactId, sha256 }: { readonly artifactId: number; readonly sha256: string },
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  try {
    for await (const piece of readArtifact(db, artifactId)) parts.push(piece)
  } catch (error) {
    if (isUnpackable(error)) return null
    throw error
  }
  const bytes = Buffer.concat(parts)
  return sha256Hex(bytes) === sha256 ? bytes : null
}
