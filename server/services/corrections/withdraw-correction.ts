import { changeCorrection } from '#db/queries/corrections.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { auditedCorrection } from './audited.ts'
import { lockSeen, type SeenCorrection } from './lock-seen.ts'
import type { Proposed } from './propose-correction.ts'

export type WithdrawCorrection = SeenCorrection & {
  readonly reason: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * The source's own word counts again, whenever the record is read next; that needs no second person. What was loaded stays until then.
 * Throws Refusal (reason_missing, correction_not_found, correction_moved, correction_refused, outside_entity_scope).
 */
export async function withdrawCorrection(
  context: Pick<Context, 'db' | 'now'>,
  { correctionId, revision, reason, actor, idempotencyKey }: WithdrawCorrection,
): Promise<Proposed> {
  expectReason(reason)
  const request = { correctionId, revision, reason }
  return perform<Proposed>(context, { name: 'withdrawCorrection', actor, reason, idempotencyKey, request }, async (tx) => {
    const found = await lockSeen(tx, { correctionId, revision }, 'withdraw', actor)
    const state = 'withdrawn'
    const withdrawn = { state, withdrawnBy: actor.name, withdrawnAt: context.now(), withdrawnReason: reason.trim() } as const
    await changeCorrection(tx, correctionId, withdrawn)
    return {
      result: { correctionId, state },
      entities: [found.entity, found.correctedEntity],
      audit: auditedCorrection('correction.withdrawn', found, { state: found.state }, { ...found, ...withdrawn }),
    }
  })
}
