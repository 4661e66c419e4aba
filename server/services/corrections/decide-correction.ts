import { changeCorrection } from '#db/queries/corrections.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { Context } from '../context.ts'
import { perform, refuseFirst } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { auditedCorrection } from './audited.ts'
import { lockSeen, type SeenCorrection } from './lock-seen.ts'
import type { Proposed } from './propose-correction.ts'

export type DecideCorrection = SeenCorrection & {
  readonly decision: 'approved' | 'refused'
  /** A refusal needs one. */
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * What a second person says to a correction that moves money. Never who proposed it, whatever their role. Throws Refusal
 * (reason_missing, correction_not_found, correction_moved, correction_refused, same_person, outside_entity_scope).
 */
export async function decideCorrection(
  context: Pick<Context, 'db' | 'now'>,
  { correctionId, revision, decision, reason, actor, idempotencyKey }: DecideCorrection,
): Promise<Proposed> {
  if (decision === 'refused') expectReason(reason)
  const request = { correctionId, revision, decision, reason }
  return perform<Proposed>(context, { name: 'decideCorrection', actor, reason, idempotencyKey, request }, async (tx) => {
    const found = await lockSeen(tx, { correctionId, revision }, decision === 'approved' ? 'approve' : 'refuse', actor)
    refuseFirst(actor, found.proposedBy, 'proposed it')
    const state = decision === 'approved' ? 'active' : 'refused'
    const decided = { state, decidedBy: actor.name, decidedAt: context.now(), decisionReason: reason?.trim() || null } as const
    await changeCorrection(tx, correctionId, decided)
    return {
      result: { correctionId, state },
      entities: [found.entity, found.correctedEntity],
      audit: auditedCorrection(`correction.${decision}`, found, { state: found.state }, { ...found, ...decided }),
    }
  })
}
