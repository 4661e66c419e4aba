import { listDueComparisons, listWatchedDefinitions, systemIdsOf, type KnownDefinition } from '#db/queries/reconciliations.ts'
import { newestPublication } from '#db/queries/totals.ts'
import type { Context } from '../context.ts'
import { compare } from './compare.ts'

/**
 * Compares again whatever moved since it was last looked at, what is certified first: somebody relies on it. Returns how many were compared;
 * one that fails is told and stops no other.
 */
export async function compareWhatMoved(context: Context): Promise<number> {
  let compared = 0
  for (const { known, entity, period } of await listDue(context)) {
    try {
      await compare(context, known, { entity, period })
      compared++
    } catch (error) {
      context.log.error({ err: error, reconciliation: known.definition.reconciliation, entity, period }, 'a comparison failed')
    }
  }
  return compared
}

type Due = { readonly known: KnownDefinition; readonly entity: string; readonly period: string; readonly isCertified: boolean }

async function listDue({ db }: Context): Promise<Due[]> {
  const watched = await listWatchedDefinitions(db)
  const found: Due[] = []
  for (const one of watched) {
    const codes = one.definition.sides.map(({ system }) => system)
    const systemIds = (await systemIdsOf(db, codes)).filter((id) => id !== undefined)
    if (systemIds.length < codes.length) continue
    for (const { by, ...due } of await listDueComparisons(db, one, systemIds, await newestPublication(db))) {
      const known = watched.find(({ definitionId, version }) => definitionId === one.definitionId && version === by)
      // A version that came a moment ago compares it next time.
      if (known) found.push({ ...due, known })
    }
  }
  return [...found.filter(({ isCertified }) => isCertified), ...found.filter(({ isCertified }) => !isCertified)]
}
