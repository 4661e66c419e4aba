import { listDueComparisons, listReconciliationDefinitions, systemIdsOf } from '#db/queries/reconciliations.ts'
import { newestPublication } from '#db/queries/totals.ts'
import type { Context } from '../context.ts'
import { compare } from './compare.ts'

/** Compares again whatever moved since it was last looked at. Returns how many were compared; one that fails is told and stops no other. */
export async function compareWhatMoved(context: Context): Promise<number> {
  const { db } = context
  let compared = 0
  for (const known of await listReconciliationDefinitions(db)) {
    const codes = known.definition.sides.map(({ system }) => system)
    const found = await systemIdsOf(db, codes)
    const systemIds = found.filter((id) => id !== undefined)
    if (systemIds.length < codes.length) continue
    for (const { entity, period } of await listDueComparisons(db, known, systemIds, await newestPublication(db))) {
      try {
        await compare(context, known, { entity, period })
        compared++
      } catch (error) {
        context.log.error({ err: error, reconciliation: known.definition.reconciliation, entity, period }, 'a comparison failed')
      }
    }
  }
  return compared
}
