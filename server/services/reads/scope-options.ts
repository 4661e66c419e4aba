import type { Queryable } from '#db/client.ts'
import { listPublications, listSlices, type PublicationRow } from '#db/queries/scope-options.ts'
import { newestPublication } from '#db/queries/totals.ts'

export type ScopeOptions = {
  readonly entities: readonly string[]
  readonly periods: readonly string[]
  readonly versions: readonly string[]
  /** Newest first. */
  readonly publications: readonly PublicationRow[]
}

/** How far back the bar offers publications; an older one is reached from its run. */
const PUBLICATIONS_MAX = 200

export const readNewestPublication = (db: Queryable): Promise<number> => newestPublication(db)

/** What can be chosen in the scope bar: everything that was ever published within the caller's scope. */
export async function readScopeOptions(db: Queryable, scope: readonly string[]): Promise<ScopeOptions> {
  const [slices, publications] = await Promise.all([listSlices(db, scope), listPublications(db, scope, PUBLICATIONS_MAX)])
  return { ...slices, publications }
}
