import type { Queryable } from '#db/client.ts'
import { listHeld, sumHeld, type HeldSlice } from '#db/queries/total-screens.ts'
import { newestPublication, type TotalsFilter } from '#db/queries/totals.ts'
import { listWaiting, sumWaitingRecords, type WaitingFilter, type WaitingRecord, type WaitingSum } from '#db/queries/waiting.ts'
import { certainSums } from '#server/domain/certainty.ts'
import { readCertaintyAmong, type Certain } from './certainty.ts'

const PAGE_ROWS = 100

type CertainSum = Certain<Omit<WaitingSum, 'slices'>>

export type WaitingView = {
  readonly rows: readonly Certain<WaitingRecord>[]
  /** What the whole list adds up to. */
  readonly sums: readonly CertainSum[]
  readonly next: number | null
  readonly computedAt: string
}

export type WaitingRequest = {
  readonly filter: WaitingFilter
  /** As it stood at that publication; undefined is now. */
  readonly asOf?: number | undefined
  readonly after?: number | undefined
}

/** One page of the records that did not pass and that no later run judged again. */
export async function readWaiting(db: Queryable, { filter, asOf, after }: WaitingRequest, now: Date): Promise<WaitingView> {
  const [found, sums] = await Promise.all([
    listWaiting(db, filter, { asOf, after, limit: PAGE_ROWS + 1 }),
    sumWaitingRecords(db, filter, asOf),
  ])
  const rows = found.slice(0, PAGE_ROWS)
  return {
    ...(await withCertainties(db, { rows, sums }, filter, asOf)),
    next: found.length > PAGE_ROWS ? rows.at(-1)!.rejectedId : null,
    computedAt: now.toISOString(),
  }
}

export type HeldView = {
  readonly rows: readonly Certain<HeldSlice>[]
  readonly sums: readonly CertainSum[]
  readonly computedAt: string
}

/** What passed in loads that are held, one row a slice and currency. As it stands now: what was held then is not kept. */
export async function readHeldLoads(db: Queryable, filter: TotalsFilter, now: Date): Promise<HeldView> {
  const [rows, sums] = await Promise.all([listHeld(db, filter), sumHeld(db, filter)])
  return { ...(await withCertainties(db, { rows, sums }, filter)), computedAt: now.toISOString() }
}

/** The sums are of the whole list, so their slices are those of its rows too. */
async function withCertainties<T extends WaitingSum['slices'][number]>(
  db: Queryable,
  { rows, sums }: { readonly rows: readonly T[]; readonly sums: readonly WaitingSum[] },
  { scope }: TotalsFilter,
  asOf?: number,
) {
  const slices = sums.flatMap((sum) => sum.slices)
  const certainty = await readCertaintyAmong(db, slices, scope, asOf ?? (await newestPublication(db)))
  return { rows: rows.map((row) => ({ ...row, certainty: certainty(row) })), sums: certainSums(sums, certainty) }
}
