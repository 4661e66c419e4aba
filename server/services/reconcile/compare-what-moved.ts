import {
  listDueComparisons,
  listWatchedDefinitions,
  systemIdsOf,
  type DueComparison,
  type KnownDefinition,
} from '#db/queries/reconciliations.ts'
import { newestPublication } from '#db/queries/totals.ts'
import type { Context } from '../context.ts'
import { compare } from './compare.ts'

/** Compares again whatever moved since it was last looked at. Returns how many were compared; one that fails is told and stops no other. */
export async function compareWhatMoved(context: Context): Promise<number> {
  let compared = 0
  for (const { current, signed } of await listWatchedDefinitions(context.db)) {
    for (const known of [current, ...signed]) {
      for (const { entity, period } of await listDue(context, known, known === current)) {
        try {
          // What was signed is compared as it was signed where a system of the version in force was never connected.
          if (!(await compare(context, current, { entity, period }))) await compare(context, known, { entity, period })
          compared++
        } catch (error) {
          context.log.error(
            { err: error, reconciliation: known.definition.reconciliation, entity, period },
            'a comparison failed',
          )
        }
      }
    }
  }
  return compared
}

async function listDue({ db }: Context, known: KnownDefinition, isInForce: boolean): Promise<DueComparison[]> {
  const codes = known.definition.sides.map(({ system }) => system)
  const systemIds = (await systemIdsOf(db, codes)).filter((id) => id !== undefined)
  return systemIds.length < codes.length ? [] : listDueComparisons(db, known, systemIds, await newestPublication(db), isInForce)
}
