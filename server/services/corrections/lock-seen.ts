import type { Transaction } from '#db/client.ts'
import { lockCorrection, type CorrectionRow } from '#db/queries/corrections.ts'
import { seesEntity, type Actor } from '#server/domain/actor.ts'
import { correctionCan, type CorrectionAction } from '#server/domain/correction.ts'
import { Refusal } from '#server/domain/errors.ts'

/** `revision`: of the correction as the person saw it. */
export type SeenCorrection = { readonly correctionId: number; readonly revision: number }

/** The correction, locked, where it still stands as it was seen. Throws Refusal (correction_not_found, correction_moved, correction_refused). */
export async function lockSeen(
  tx: Transaction,
  { correctionId, revision }: SeenCorrection,
  action: CorrectionAction,
  actor: Actor,
): Promise<CorrectionRow> {
  const found = await lockCorrection(tx, correctionId)
  if (!found || ![found.entity, found.correctedEntity].every((entity) => entity === '' || seesEntity(actor, entity)))
    throw new Refusal('correction_not_found', `${correctionId}`)
  if (!correctionCan(action, found.state)) throw new Refusal('correction_refused', `it is ${found.state}`)
  if (found.revision !== revision) throw new Refusal('correction_moved')
  return found
}
