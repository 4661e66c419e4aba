import type { Queryable } from '#db/client.ts'
import {
  countPending,
  findOrigin,
  listAuditKeys,
  listCheckpointsBetween,
  listLeaves,
  listLostPending,
  listNodes,
  listUnlogged,
  treeSize,
  type CheckpointRow,
  type LeafRow,
} from '#db/queries/audit-log.ts'
import { leafHash, TILE, wholeTiles } from '#server/platform/audit-log/tree.ts'
import { readKey, readNote, signerOf, Tree, type Key } from '#server/platform/audit-log/verify-audit.mjs'
import { leafText } from './sequence-events.ts'

const PAGE_LEAVES = 4_096
const NAMED_MAX = 100

export type LogCheck = { readonly name: 'audit log'; readonly rowsChecked: number; readonly differences: readonly string[] }

/** Every event against its leaf, every leaf against the tree, the tree against every checkpoint that was signed. */
export async function checkLog(db: Queryable): Promise<LogCheck> {
  const [origin, keys] = await Promise.all([findOrigin(db), listAuditKeys(db)])
  const known = keys.flatMap(({ verifier }) => readKey(verifier) ?? [])
  const said: string[] = []
  const say = (text: string) => {
    if (said.length < NAMED_MAX) said.push(text)
  }
  const tree = new Tree()
  const whole: Uint8Array[] = []
  let rest: Uint8Array[] = []
  const size = await treeSize(db)
  while (tree.size < size) {
    const from = tree.size
    const leaves = await listLeaves(db, from, PAGE_LEAVES)
    const checkpoints = await listCheckpointsBetween(db, from, (leaves.at(-1)?.leaf ?? size) + 1)
    for (const row of leaves) {
      if (row.leaf > tree.size) {
        say(spanWords(tree.size, row.leaf - 1))
        return { name: 'audit log', rowsChecked: tree.size, differences: said }
      }
      checkLeaf(row, say)
      tree.add(row.hash)
      rest.push(row.hash)
      for (const point of checkpoints) if (point.size === tree.size) checkPoint(point, { tree, origin, known }, say)
    }
    const tiles = wholeTiles(rest)
    whole.push(...tiles)
    rest = rest.slice(tiles.length * TILE)
  }
  await checkNodes(db, whole, say)
  for (const { size: counts, signedAt } of await listCheckpointsBetween(db, size, Number.MAX_SAFE_INTEGER))
    say(`the checkpoint signed ${signedAt} counts ${counts} leaves, the log holds ${size}: its end was cut off`)
  for (const eventId of await listLostPending(db, NAMED_MAX)) say(`audit event ${eventId} is missing: it waited for its leaf`)
  for (const eventId of await listUnlogged(db, NAMED_MAX))
    say(`audit event ${eventId} was not written through the door: it has no leaf`)
  return { name: 'audit log', rowsChecked: size + (await countPending(db)), differences: said }
}

type Say = (text: string) => void

function checkLeaf({ leaf, eventId, hash, event }: LeafRow, say: Say): void {
  if (!event) say(`audit event ${eventId} is missing (leaf ${leaf})`)
  else if (!leafHash(leafText(event)).equals(hash))
    say(`audit event ${eventId} was changed: it is not what its leaf ${leaf} says`)
}

function checkPoint(
  { size, root, note, signedAt }: CheckpointRow,
  { tree, origin, known }: { tree: Tree; origin: string; known: readonly Key[] },
  say: Say,
): void {
  const name = `the checkpoint of ${size} leaves, signed ${signedAt}`
  const read = readNote(note)
  if (read?.origin !== origin || read.size !== size || !read.root.equals(root)) return say(`${name}, is not what was signed`)
  const { fault } = signerOf(read, known)
  if (fault) say(`${name}: ${fault}`)
  if (!tree.root().equals(root)) say(`${name}, is not of these leaves: one of the first ${size} was changed, taken out or put in`)
}

/** What is kept between the leaves and the roots, against the leaves. */
async function checkNodes(db: Queryable, whole: readonly Uint8Array[], say: Say): Promise<void> {
  const kept = new Map((await listNodes(db)).map(({ level, position, hash }) => [`${level}/${position}`, hash]))
  let count = 0
  for (let [level, nodes] = [1, whole]; nodes.length > 0; [level, nodes] = [level + 1, wholeTiles(nodes)]) {
    count += nodes.length
    const wrong = nodes.findIndex((hash, position) => !kept.get(`${level}/${position}`)?.equals(hash))
    if (wrong !== -1) say(`node ${wrong} of level ${level} is not what its leaves come to`)
  }
  if (kept.size !== count) say(`the log keeps ${kept.size} nodes where ${count} are whole`)
}

const spanWords = (from: number, to: number) =>
  from === to ? `leaf ${from} of the audit log is missing` : `leaves ${from} to ${to} of the audit log are missing`
