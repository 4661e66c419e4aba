import type { Queryable } from '#db/client.ts'
import { listSigned, type CertaintyFilter } from '#db/queries/certainty.ts'
import { listSliceNames, newestPublication, type TotalsFilter } from '#db/queries/totals.ts'
import { certaintyFinder, certaintyOfAll, type Certainty } from '#server/domain/certainty.ts'

type Slice = { readonly entity: string; readonly period: string; readonly version: string }

/** Looks up how certain figures of a slice are, as of a publication. The one place screens and exports ask. */
export const readCertainty = async (
  db: Queryable,
  filter: CertaintyFilter,
  publication: number,
): Promise<(slice: Slice) => Certainty> => certaintyFinder(await listSigned(db, filter, publication))

/** The same of these slices alone: other periods are not read. */
export async function readCertaintyAmong(
  db: Queryable,
  slices: readonly Slice[],
  scope: readonly string[],
  publication: number,
): Promise<(slice: Slice) => Certainty> {
  const periods = [...new Set(slices.map(({ period }) => period))].filter(Boolean)
  return periods.length === 0 ? certaintyFinder([]) : readCertainty(db, { scope, periods }, publication)
}

export type Certain<T> = T & { readonly certainty: Certainty }

/** Rows of figures, each with how certain its slice is; by itself as of the newest publication. One question however many rows. */
export async function withCertainty<T extends Slice>(
  db: Queryable,
  rows: readonly T[],
  scope: readonly string[],
  publication?: number,
): Promise<Certain<T>[]> {
  const certainty = await readCertaintyAmong(db, rows, scope, publication ?? (await newestPublication(db)))
  return rows.map((row) => ({ ...row, certainty: certainty(row) }))
}

/** How certain everything is that these filters show together. */
export async function readCertaintyOfAll(db: Queryable, filter: TotalsFilter, publication: number): Promise<Certainty> {
  const [slices, certainty] = await Promise.all([listSliceNames(db, filter, publication), readCertainty(db, filter, publication)])
  return certaintyOfAll(slices.map(certainty))
}
