import { findDefinitionOf, findReconciliation } from '#db/queries/reconciliations.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from '../context.ts'
import { compare, type ComparedNow } from './compare.ts'

/** Compares a reconciliation again because somebody wants to know now. Throws Refusal (reconciliation_not_found). */
export async function compareNow(
  context: Context,
  { reconciliationId, actor }: { readonly reconciliationId: number; readonly actor: Actor },
): Promise<ComparedNow> {
  const of = await findReconciliation(context.db, reconciliationId)
  const known = of && (await findDefinitionOf(context.db, reconciliationId))
  const compared = known && (await compare(context, known, { entity: of.entity, period: of.period, actor }))
  if (!compared) throw new Refusal('reconciliation_not_found', `${reconciliationId}`)
  return compared
}
