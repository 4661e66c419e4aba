import { insertCorrection } from '#db/queries/corrections.ts'
import { findJob } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { needsSecondPerson, type CorrectionState } from '#server/domain/correction.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { LineField } from '#server/domain/job.ts'
import type { Context } from '../context.ts'
import { perform, refuseRole } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { auditedCorrection } from './audited.ts'
import { readCorrectionCase, whyNotText } from './correction-case.ts'

export type ProposeCorrection = {
  readonly rejectedId: number
  readonly field: LineField
  /** What the person saw the source say: refused where it says something else. */
  readonly found: string
  readonly corrected: string
  readonly reason: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
export type Proposed = { readonly correctionId: number; readonly state: CorrectionState }

/**
 * Says what a field of a rejected record is to be read as. It applies from now on whenever the record is read, unless it moves money:
 * then once a second person approved it. The artifact stays as it is, and so does the exception until the record passes. Throws Refusal
 * (reason_missing, record_not_found, correction_refused, input_invalid, outside_entity_scope).
 */
export async function proposeCorrection(
  context: Pick<Context, 'db'>,
  { rejectedId, field, found, corrected: given, reason, actor, idempotencyKey }: ProposeCorrection,
): Promise<Proposed> {
  refuseRole(actor, 'proposeCorrection')
  expectReason(reason)
  const corrected = given.trim()
  const { record, fields, problem, judge, jobVersion } = await readCorrectionCase(context.db, rejectedId, actor.entityScope)
  if (problem !== null) throw new Refusal('correction_refused', problem)
  const chosen = fields.find((one) => one.field === field)
  if (!chosen) throw new Refusal('correction_refused', `the job does not let people correct ${field}`)
  if (chosen.found !== found) throw new Refusal('correction_moved', `the source says "${chosen.found}"`)
  if (corrected === '') throw new Refusal('input_invalid', 'say what it is to be read as')
  const after = judge({ field, found, corrected })
  const why = whyNotText(after, chosen, corrected)
  if (why !== null) throw new Refusal('input_invalid', `it cannot be read as "${corrected}": ${why}`)
  const needsTwo = needsSecondPerson(field)
  const state: CorrectionState = needsTwo ? 'proposed' : 'active'
  const request = { rejectedId, field, found, corrected, reason }
  return perform<Proposed>(context, { name: 'proposeCorrection', actor, reason, idempotencyKey, request }, async (tx) => {
    if ((await findJob(tx, record.job))?.version !== jobVersion) throw new Refusal('correction_moved', 'the job was changed')
    const { jobId, sourceKey, objectType, exceptionIds, entity } = record
    const made = {
      jobId,
      sourceKey,
      objectType,
      field,
      found,
      corrected,
      reason: reason.trim(),
      rejectedId,
      exceptionIds,
      entity,
      correctedEntity: after.entity,
      needsSecondPerson: needsTwo,
      state,
      proposedBy: actor.name,
    }
    const correctionId = await insertCorrection(tx, made)
    if (correctionId === null) throw new Refusal('correction_refused', 'there is one of this field already: withdraw that first')
    return {
      result: { correctionId, state },
      entities: [entity, after.entity],
      audit: auditedCorrection(needsTwo ? 'correction.proposed' : 'correction.made', { correctionId, exceptionIds }, null, made),
    }
  })
}
