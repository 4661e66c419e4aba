import type { Queryable } from '#db/client.ts'
import type { Compared } from '#db/queries/comparison-sides.ts'
import { systemIdsOf, type KnownDefinition } from '#db/queries/reconciliations.ts'

/** What a definition compares in an entity and period; null where a system of it has never been connected. */
export async function comparedOf(
  db: Queryable,
  { definition }: Pick<KnownDefinition, 'definition'>,
  { entity, period }: { readonly entity: string; readonly period: string },
): Promise<Compared | null> {
  const found = await systemIdsOf(
    db,
    definition.sides.map(({ system }) => system),
  )
  const systemIds = found.filter((id) => id !== undefined)
  return systemIds.length === found.length ? { definition, entity, period, systemIds } : null
}
