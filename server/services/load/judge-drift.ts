import type { Transaction } from '#db/client.ts'
import { closeSettledDrift, findDrift, listDimensionsOf } from '#db/load/drift.ts'
import { raiseRouted } from '../triage/raise-routed.ts'
import { driftDraft, DRIFTS_MAX, manyDriftsDraft } from '#server/domain/drift.ts'

/**
 * What a publication of members changes about what systems say of the same member: differences become exceptions, one a
 * member, and those that are no more close. In the transaction that publishes.
 */
export async function judgeDrift(
  tx: Transaction,
  run: { runId: number; jobId: number },
  publication: number,
): Promise<{ opened: number[]; closed: number[] }> {
  const opened: number[] = []
  const closed: number[] = []
  for (const dimension of await listDimensionsOf(tx, publication)) {
    const found = await findDrift(tx, dimension, DRIFTS_MAX + 1)
    const drafts = found.length > DRIFTS_MAX ? [manyDriftsDraft(dimension)] : found.map(driftDraft)
    for (const draft of drafts) opened.push(await raiseRouted(tx, run, draft))
    const standing = drafts.map(({ fingerprint }) => fingerprint)
    closed.push(...(await closeSettledDrift(tx, { dimension, runId: run.runId, standing })).map((e) => e.exception_id))
  }
  return { opened, closed }
}
