import type { Transaction } from '#db/client.ts'
import { sumMatches } from '#db/queries/matches.ts'
import { moveReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import { insertCertification } from '#db/queries/sign-offs.ts'
import { inForce } from './evidence.ts'
import { sealOf } from './seal.ts'
import { standingOf } from './standing-of.ts'

export type Sealed = { readonly certificationId: number; readonly sealHash: string }

/** Seals how a reconciliation stands, its last sign-off included, in the caller's transaction: it is certified. */
export async function certify(
  tx: Transaction,
  of: Reconciliation,
  { isAutomatic, at }: { readonly isAutomatic: boolean; readonly at: Date },
): Promise<Sealed> {
  const { reconciliationId } = of
  const standing = (await standingOf(tx, of))!
  const { comparisonId, asOf } = standing.comparison
  const bound = { evidence: await inForce(tx, reconciliationId), matches: await sumMatches(tx, comparisonId) }
  const sealed = sealOf(of, standing, bound, at)
  const certificationId = await insertCertification(tx, { reconciliationId, comparisonId, asOf, ...sealed, isAutomatic, at })
  await moveReconciliation(tx, reconciliationId, { state: 'certified', certificationId })
  return { certificationId, sealHash: sealed.sealHash }
}
