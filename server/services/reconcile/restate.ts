import type { Transaction } from '#db/client.ts'
import { lockReconciliation, moveReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import { Refusal, type RefusalCode } from '#server/domain/errors.ts'
import { isReady } from '#server/domain/reconciliation/standing.ts'
import { standingOf } from './standing-of.ts'

/** Parts and matches are known by their number in one comparison: what was seen in another would be said of something else. */
export const SINCE_COMPARED = 'what you saw was compared again meanwhile; look at it again'

/** A reconciliation whose story may still change, locked. Throws Refusal (reconciliation_not_found, and the code given). */
export async function lockOpen(tx: Transaction, reconciliationId: number, refusedAs: RefusalCode): Promise<Reconciliation> {
  const of = await lockReconciliation(tx, reconciliationId)
  if (!of || of.comparisonId === null) throw new Refusal('reconciliation_not_found', `${reconciliationId}`)
  if (of.state === 'certified') throw new Refusal(refusedAs, 'it is certified; what was sealed is not edited')
  return of
}

/** How it stands after its story has changed: a preparation lapses. */
export async function restate(tx: Transaction, of: Reconciliation): Promise<void> {
  const standing = (await standingOf(tx, of))!
  await moveReconciliation(tx, of.reconciliationId, { state: isReady(standing) ? 'ready' : 'breaks' })
}
