import type { Queryable, Transaction } from '#db/client.ts'
import {
  appendLeaves,
  isPending,
  listPending,
  lockLog,
  readHashes,
  treeSize,
  type LoggedEvent,
  type NewNode,
} from '#db/queries/audit-log.ts'
import { jcs } from '#server/platform/audit-log/jcs.ts'
import { leafHash, TILE, wholeTiles } from '#server/platform/audit-log/tree.ts'
import type { Context } from '../context.ts'

const BATCH_EVENTS = 5_000

/** What is hashed of an event: all of it, in the one form of RFC 8785. */
export const leafText = (event: LoggedEvent): string => jcs(event)

/**
 * Gives every event that is committed its leaf, in batches. Events are written side by side and wait here for no longer than a turn of
 * the worker's clock; where no worker is up they wait until one is, and nothing but this takes them from what waits.
 */
export async function sequenceEvents({ db }: Pick<Context, 'db'>): Promise<number> {
  let sequenced = 0
  while (await isPending(db)) {
    const taken = await db.transaction(oneBatch)
    sequenced += taken
    if (taken < BATCH_EVENTS) break
  }
  return sequenced
}

async function oneBatch(tx: Transaction): Promise<number> {
  await lockLog(tx)
  const pending = await listPending(tx, BATCH_EVENTS)
  if (pending.length === 0) return 0
  const size = await treeSize(tx)
  const leaves = pending.map((event) => ({ eventId: event.eventId, hash: leafHash(leafText(event)) }))
  const hashes = leaves.map(({ hash }) => hash)
  await appendLeaves(tx, size, leaves, await nodesMadeWhole(tx, size, hashes))
  return pending.length
}

async function nodesMadeWhole(db: Queryable, size: number, leaves: readonly Uint8Array[]): Promise<NewNode[]> {
  const nodes: NewNode[] = []
  let [level, from, hashes] = [0, size, leaves]
  for (;;) {
    const first = from - (from % TILE)
    const tiles = wholeTiles([...(await readHashes(db, level, first, from - first)), ...hashes])
    if (tiles.length === 0) return nodes
    level += 1
    from = first / TILE
    hashes = tiles
    nodes.push(...tiles.map((hash, i) => ({ level, position: from + i, hash })))
  }
}
