import type { Queryable } from '#db/client.ts'
import { readHashes } from '#db/queries/audit-log.ts'
import { TILE, treeOn, type Tree } from '#server/platform/audit-log/tree.ts'

/** Of 8 KiB each: what a reader of many proofs keeps. */
const TILES_MAX = 1_000

/** The tree of the first `size` leaves as the database keeps it, read by whole tiles. */
export function keptTree(db: Queryable, size: number): Tree {
  const tiles = new Map<string, Promise<Buffer[]>>()
  return treeOn(async (level, from, count) => {
    const first = from - (from % TILE)
    const name = `${level}/${first}`
    const kept = tiles.get(name) ?? readHashes(db, level, first, Math.min(TILE, Math.floor(size / TILE ** level) - first))
    if (tiles.size >= TILES_MAX) tiles.clear()
    tiles.set(name, kept)
    return (await kept).slice(from - first, from - first + count)
  })
}
