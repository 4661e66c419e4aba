import type { Transaction } from '#db/client.ts'
import { lockReconciliation, moveReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import { insertSignOff } from '#db/queries/sign-offs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { whyNotCertify, whyNotPrepare, whyNotReject } from '#server/domain/reconciliation/may-sign.ts'
import { isReady } from '#server/domain/reconciliation/standing.ts'
import type { SignOffAct } from '#server/domain/reconciliation/state.ts'
import type { Context } from '../context.ts'
import { perform, type Command, type Done } from '../perform.ts'
import { expectReason } from '../reason.ts'
import { audited } from './audited.ts'
import { certify } from './certify.ts'
import { standingOf, type Standing } from './standing-of.ts'

export type Sign = {
  readonly reconciliationId: number
  /** What the person saw: when it moved since, nothing is signed. */
  readonly seenRevision: number
  readonly comment?: string | undefined
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
export type Signed = {
  readonly reconciliationId: number
  readonly certificationId: number | null
  readonly sealHash: string | null
}

/** States that the comparison is complete and every difference is explained. Throws Refusal (reconciliation_not_found, reconciliation_moved, sign_off_refused). */
export async function prepareReconciliation(context: Context, asked: Sign): Promise<Signed> {
  return sign(context, 'prepareReconciliation', asked, async (tx, of, standing) => {
    refuse(whyNotPrepare(standing.facts))
    if (!isReady(standing)) throw new Refusal('sign_off_refused', 'something is unexplained')
    await insertSignOff(tx, signOff(of, standing, 'prepared', asked, context))
    await moveReconciliation(tx, of.reconciliationId, { state: 'prepared' })
    return done(of, 'reconciliation.prepared', { comparison: standing.comparison.comparisonId })
  })
}

/**
 * Certifies what somebody else prepared, and seals it once enough have. Throws Refusal (reconciliation_not_found,
 * reconciliation_moved, sign_off_refused).
 */
export async function certifyReconciliation(context: Context, asked: Sign): Promise<Signed> {
  return sign(context, 'certifyReconciliation', asked, async (tx, of, standing) => {
    refuse(whyNotCertify(standing.facts, asked.actor))
    if (!isReady(standing)) throw new Refusal('sign_off_refused', 'something is unexplained')
    await insertSignOff(tx, signOff(of, standing, 'certified', asked, context))
    const { certifiedBy, certifiersNeeded } = standing.facts
    const comparison = standing.comparison.comparisonId
    if (certifiedBy.length + 1 < certifiersNeeded) {
      await moveReconciliation(tx, of.reconciliationId, { state: 'prepared' })
      return done(of, 'reconciliation.certified_first', { comparison, certifiersNeeded })
    }
    // Read again in there: the sign-off just made belongs into the seal.
    const sealed = await certify(tx, of, { isAutomatic: false, at: context.now() })
    const { certificationId: certification, sealHash } = sealed
    return done(of, 'reconciliation.certified', { comparison, certification, sealHash }, sealed)
  })
}

/** Sends it back to whoever prepares it. Throws Refusal (reconciliation_not_found, reconciliation_moved, sign_off_refused, reason_missing). */
export async function rejectReconciliation(context: Context, asked: Sign): Promise<Signed> {
  expectReason(asked.comment)
  return sign(context, 'rejectReconciliation', asked, async (tx, of, standing) => {
    refuse(whyNotReject(standing.facts))
    await insertSignOff(tx, signOff(of, standing, 'rejected', asked, context))
    await moveReconciliation(tx, of.reconciliationId, { state: isReady(standing) ? 'ready' : 'breaks' })
    return done(of, 'reconciliation.rejected', { comparison: standing.comparison.comparisonId })
  })
}

function sign(
  context: Context,
  name: Command['name'],
  { reconciliationId, seenRevision, comment, actor, idempotencyKey }: Sign,
  change: (tx: Transaction, of: Reconciliation, standing: Standing) => Promise<Done<Signed>>,
): Promise<Signed> {
  const request = { reconciliationId, seenRevision, comment }
  return perform<Signed>(context, { name, actor, idempotencyKey, request, reason: comment || undefined }, async (tx) => {
    const of = await lockReconciliation(tx, reconciliationId)
    const standing = of && (await standingOf(tx, of))
    if (!of || !standing) throw new Refusal('reconciliation_not_found', `${reconciliationId}`)
    if (of.revision !== seenRevision) throw new Refusal('reconciliation_moved')
    return change(tx, of, standing)
  })
}

function refuse(why: string | null): void {
  if (why !== null) throw new Refusal('sign_off_refused', why)
}

const signOff = (of: Reconciliation, { comparison }: Standing, act: SignOffAct, { actor, comment }: Sign, context: Context) => ({
  reconciliationId: of.reconciliationId,
  comparisonId: comparison.comparisonId,
  act,
  signedBy: actor.name,
  comment: comment ?? '',
  at: context.now(),
})

const done = (
  of: Reconciliation,
  action: string,
  after: Readonly<Record<string, unknown>>,
  sealed: Pick<Signed, 'certificationId' | 'sealHash'> = { certificationId: null, sealHash: null },
): Done<Signed> => ({
  result: { reconciliationId: of.reconciliationId, ...sealed },
  entities: [of.entity],
  audit: audited(of, action, after),
})
