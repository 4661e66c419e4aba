import { createHash } from 'node:crypto'

/** Merkle trees of RFC 6962: a leaf and a node never hash alike, because each is hashed behind a byte of its own. */
const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

export const leafHash = (content: string | Uint8Array): Buffer => createHash('sha256').update(LEAF).update(content).digest()
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(NODE).update(left).update(right).digest()

/**
 * Of the nodes above the leaves every eighth level is kept, where it is whole: a node of level 1 stands for 256 leaves, one of level 2 for
 * 65,536. Whatever lies between is hashed again from at most 256 of the level below.
 */
const LEVELS_APART = 8
export const TILE = 2 ** LEVELS_APART

/** The hashes that are kept of a level, from a place on; level 0 are the leaves. Never asked for across a tile. */
export type ReadHashes = (level: number, from: number, count: number) => Promise<readonly Uint8Array[]>

/** A tree to ask for roots and proofs, which remembers what it hashed: proofs of leaves side by side share most of it. */
export type Tree = { readonly read: ReadHashes; readonly known: Map<string, Uint8Array> }

export const treeOn = (read: ReadHashes): Tree => ({ read, known: new Map() })
const KNOWN_MAX = 20_000

/** Leaves from `start` to before `end`. */
type Range = { readonly start: number; readonly end: number }

/** The root of the first `size` leaves. */
export const rootOf = (tree: Tree, size: number): Promise<Uint8Array> => rangeRoot(tree, { start: 0, end: size })

/** From the leaf upwards, the siblings by which anyone comes to the root. */
export const inclusionProof = (tree: Tree, index: number, size: number): Promise<Uint8Array[]> =>
  rootsOf(tree, siblingsOf(index, { start: 0, end: size }))

/** That the first `older` leaves of the tree are those that the older root stood for. */
export const consistencyProof = (tree: Tree, older: number, size: number): Promise<Uint8Array[]> =>
  rootsOf(tree, older === 0 || older === size ? [] : partsOf(older, { start: 0, end: size }, true))

/** Nodes of the level above that these hashes make whole, the first of them at the beginning of a tile. */
export function wholeTiles(hashes: readonly Uint8Array[]): Uint8Array[] {
  return Array.from({ length: Math.floor(hashes.length / TILE) }, (_, tile) =>
    folded(hashes.slice(tile * TILE, (tile + 1) * TILE)),
  )
}

function siblingsOf(index: number, { start, end }: Range): Range[] {
  if (end - start === 1) return []
  const middle = start + splitOf(end - start)
  const [left, right] = [
    { start, end: middle },
    { start: middle, end },
  ]
  return index < middle ? [...siblingsOf(index, left), right] : [...siblingsOf(index, right), left]
}

/** `isKnown`: the older root itself is the range, so whoever checks has it. */
function partsOf(older: number, { start, end }: Range, isKnown: boolean): Range[] {
  if (older === end) return isKnown ? [] : [{ start, end }]
  const middle = start + splitOf(end - start)
  const [left, right] = [
    { start, end: middle },
    { start: middle, end },
  ]
  return older <= middle ? [...partsOf(older, left, isKnown), right] : [...partsOf(older, right, false), left]
}

const rootsOf = (tree: Tree, ranges: readonly Range[]): Promise<Uint8Array[]> =>
  Promise.all(ranges.map((range) => rangeRoot(tree, range)))

async function rangeRoot(tree: Tree, { start, end }: Range): Promise<Uint8Array> {
  const size = end - start
  if (size === 0) return createHash('sha256').digest()
  const split = splitOf(size)
  if (size === split * 2 || size === 1) return perfectRoot(tree, start, size)
  const left = await perfectRoot(tree, start, split)
  return nodeHash(left, await rangeRoot(tree, { start: start + split, end }))
}

/** Of 2^n leaves that begin at a multiple of 2^n. */
async function perfectRoot({ read, known }: Tree, start: number, size: number): Promise<Uint8Array> {
  const name = `${start}/${size}`
  const before = known.get(name)
  if (before) return before
  let [level, width] = [0, 1]
  while (width * TILE <= size) {
    level += 1
    width *= TILE
  }
  const root = folded(await read(level, start / width, size / width))
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(name, root)
  return root
}

function folded(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0]!
  const above: Uint8Array[] = []
  for (let i = 0; i < hashes.length; i += 2) above.push(nodeHash(hashes[i]!, hashes[i + 1]!))
  return folded(above)
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
