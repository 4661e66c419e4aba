import type { Queryable, Transaction } from '#db/client.ts'
import { storeArtifact } from '#db/queries/artifacts.ts'
import { insertEvidence, listEvidence, withdrawEvidenceRow, type EvidenceRow } from '#db/queries/evidence.ts'
import type { Reconciliation } from '#db/queries/reconciliations.ts'
import { listExplanations } from '#db/queries/sign-offs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { EVIDENCE_BYTES_MAX, EVIDENCE_FILES_MAX, judgeEvidenceFile } from '#server/domain/reconciliation/evidence-file.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { audited } from './audited.ts'
import { lockOpen, restate } from './restate.ts'

export type GivenFile = { readonly name: string; readonly bytes: Uint8Array }
type Asked = { readonly reconciliationId: number; readonly actor: Actor; readonly idempotencyKey?: string | undefined }

/**
 * Puts a file beside a reconciliation. What is signed afterwards seals its hash; a preparation lapses, since it was made without it.
 * Throws Refusal (reconciliation_not_found, evidence_refused).
 */
export async function addEvidence(
  context: Context,
  { reconciliationId, file, actor, idempotencyKey }: Asked & { readonly file: GivenFile },
): Promise<{ evidenceId: number }> {
  const request = { reconciliationId, name: file.name, sha256: sha256Hex(file.bytes) }
  return perform(context, { name: 'addEvidence', actor, idempotencyKey, request }, async (tx) => {
    const of = await lockOpen(tx, reconciliationId, 'evidence_refused')
    const added = await keepEvidence(tx, of, file, { by: actor.name, at: context.now() })
    await restate(tx, of)
    return {
      result: { evidenceId: added.evidenceId },
      entities: [of.entity],
      audit: audited(of, 'reconciliation.evidence_added', added),
    }
  })
}

/** Keeps a file from what is signed next. It stays, and so does what was sealed with it. Throws Refusal (reconciliation_not_found, evidence_refused). */
export async function withdrawEvidence(
  context: Context,
  { reconciliationId, evidenceId, actor, idempotencyKey }: Asked & { readonly evidenceId: number },
): Promise<void> {
  const request = { reconciliationId, evidenceId }
  await perform(context, { name: 'withdrawEvidence', actor, idempotencyKey, request }, async (tx) => {
    const of = await lockOpen(tx, reconciliationId, 'evidence_refused')
    const { name, sha256 } = await expectInForce(tx, reconciliationId, evidenceId)
    const explanations = await listExplanations(tx, reconciliationId)
    if (explanations.some((one) => one.evidenceId === evidenceId))
      throw new Refusal('evidence_refused', 'an explanation rests on it: withdraw that first')
    await withdrawEvidenceRow(tx, { reconciliationId, evidenceId, by: actor.name, at: context.now() })
    await restate(tx, of)
    return {
      result: undefined,
      entities: [of.entity],
      audit: audited(of, 'reconciliation.evidence_withdrawn', { evidenceId, name, sha256 }),
    }
  })
}

export type KeptEvidence = {
  readonly evidenceId: number
  readonly name: string
  readonly sha256: string
  readonly byteCount: number
}

/** Keeps a file in the caller's transaction. Throws Refusal (evidence_refused). */
export async function keepEvidence(
  tx: Transaction,
  { reconciliationId }: Reconciliation,
  { name: givenName, bytes }: GivenFile,
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<KeptEvidence> {
  const judged = judgeEvidenceFile(givenName, bytes)
  if ('refused' in judged) throw new Refusal('evidence_refused', judged.refused)
  const there = await inForce(tx, reconciliationId)
  if (there.length >= EVIDENCE_FILES_MAX)
    throw new Refusal('evidence_refused', `it has ${EVIDENCE_FILES_MAX} files; withdraw one first`)
  const { artifactId, sha256, byteCount } = await storeArtifact(tx, only(bytes), EVIDENCE_BYTES_MAX)
  const same = there.find((one) => one.sha256 === sha256)
  if (same) throw new Refusal('evidence_refused', `it is there already, as ${same.name}`)
  const evidenceId = await insertEvidence(tx, { reconciliationId, artifactId, ...judged, by, at })
  return { evidenceId, name: judged.name, sha256, byteCount }
}

/** Throws Refusal (evidence_refused). */
export async function expectInForce(db: Queryable, reconciliationId: number, evidenceId: number): Promise<EvidenceRow> {
  const found = (await inForce(db, reconciliationId)).find((one) => one.evidenceId === evidenceId)
  if (!found) throw new Refusal('evidence_refused', 'there is no such file, or it was withdrawn')
  return found
}

/** What a signature seals now. */
export const inForce = async (db: Queryable, reconciliationId: number): Promise<EvidenceRow[]> =>
  (await listEvidence(db, reconciliationId)).filter(({ withdrawnAt }) => withdrawnAt === null)

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
