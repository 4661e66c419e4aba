import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/**
 * Where the lines of a load wait until they are published: load.l<id>, without indexes while it is filled, and
 * load.d<id>, what differs from the current lines. Ids are integers from our own sequence, so they are safe in a name.
 */
export const placeOf = (loadId: number): SQL => sql.raw(`load.l${integer(loadId)}`)
export const diffOf = (loadId: number): SQL => sql.raw(`load.d${integer(loadId)}`)

export async function dropLoadPlace(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`
    with dropped as materialized (select drop_load_place(${loadId}))
    update loads set has_own_place = false from dropped where load_id = ${loadId}`)
}

/** Of a load that is held nobody asks any more how it differs. Opened anew it is empty, and its room is free. */
export async function emptyLoadDiff(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`select open_load_diff(${loadId})`)
}

/** What is the same for every line of the load: kept in the catalogue, not in the rows. Locks the place for a moment. */
export async function addLoadConstants(db: Queryable, loadId: number, systemId: number, objectType: string): Promise<void> {
  await db.execute(sql`select add_load_constants(${loadId}, ${systemId}, ${objectType})`)
}

/** The indexes of a segment beside the one by key. They build while the rules read the lines. */
export async function indexLoadSegment(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`select index_load_segment(${loadId})`)
}

/** The long one: four times as long as all others together. */
export async function indexLoadSlices(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`select index_load_slices(${loadId})`)
}

/** The last step before a load can be attached: after its lines were proved. */
export async function sealLoadSegment(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`select seal_load_segment(${loadId})`)
}

export async function indexLoadKey(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`select index_load_key(${loadId})`)
}

function integer(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a load id: ${value}`)
  return value
}
