import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Queryable } from '#db/client.ts'
import {
  findOrigin,
  listAuditKeys,
  listHeldCheckpoints,
  listLeaves,
  listPending,
  newestCheckpoint,
  type LoggedEvent,
} from '#db/queries/audit-log.ts'
import { listEventsForEvidence } from '#db/queries/audit-screens.ts'
import { consistencyProof, inclusionProof, type Tree } from '#server/platform/audit-log/tree.ts'
import { keptTree } from '../audit/kept-tree.ts'
import { leafText } from '../audit/sequence-events.ts'
import { viewerOf, type AuditRequest } from './audit-view.ts'

/** The script that checks a bundle without us, to go along with it. */
export const readVerifier = (): Promise<string> => readFile(VERIFIER, 'utf8')
const VERIFIER = new URL('../../platform/audit-log/verify-audit.mjs', import.meta.url)

export const BUNDLE_FORMAT = 'control-tower-audit/1'
const PAGE_ROWS = 2_000
/** A part of the log carries a proof from so many checkpoints of before; the whole log needs none. */
const HELD_MAX = 1_000
const PENDING_MAX = 10_000

export type BundleAsked = {
  readonly request: Omit<AuditRequest, 'before' | 'after'>
  /** As the screen has them, for the reader. */
  readonly filters: Readonly<Record<string, string>>
  /** All leaves, so that the root can be computed from them; else the events of the filters, each with its own proof. */
  readonly isWhole: boolean
  /** How many leaves an older checkpoint counts that somebody holds. */
  readonly since?: number | undefined
}

type Line = { readonly type: string } & Readonly<Record<string, unknown>>
type BundleRecord = {
  readonly leaf: number | null
  readonly hash: string | null
  readonly text: string
  readonly proof?: readonly string[]
}

/** The lines of a bundle, one JSON object each; `verify-audit` checks them. The last one counts the others and holds their hash. */
export async function* readBundle(db: Queryable, asked: BundleAsked, now: Date): AsyncGenerator<string> {
  const [origin, keys, newest] = await Promise.all([findOrigin(db), listAuditKeys(db), newestCheckpoint(db)])
  const size = newest?.size ?? 0
  const tree = keptTree(db, size)
  const digest = createHash('sha256')
  const spans: [number, number][] = []
  let records = 0
  const written = (line: Line) => {
    const text = `${JSON.stringify(line)}\n`
    digest.update(text)
    return text
  }
  const { isWhole: whole, filters } = asked
  const exported = { exportedAt: now.toISOString(), exportedBy: asked.request.actor.name }
  yield written({ type: 'bundle', format: BUNDLE_FORMAT, origin, whole, filters, ...exported })
  for (const { verifier, validFrom, validUntil } of keys)
    yield written({ type: 'key', verifier, from: validFrom, until: validUntil })
  if (newest) yield written({ type: 'checkpoint', note: newest.note })
  if (!whole && newest) for (const line of await consistencyLines(db, tree, size, asked.since)) yield written(line)
  for await (const { leaf, hash, text, proof } of whole ? allRecords(db) : recordsOf(db, tree, size, asked.request)) {
    records += 1
    if (leaf !== null && leaf < size) addTo(spans, leaf)
    yield written({ type: 'event', leaf, hash, event: text, ...(proof && { proof }) })
  }
  const leaves = spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
  yield `${JSON.stringify({ type: 'end', records, leaves, sha256: digest.digest('hex') })}\n`
}

/** Every leaf in its order, then what waits for one. */
async function* allRecords(db: Queryable): AsyncGenerator<BundleRecord> {
  for (let from = 0; ; ) {
    const leaves = await listLeaves(db, from, PAGE_ROWS)
    // An event that somebody took away has no record: the bundle shows its leaf as missing.
    for (const { leaf, hash, event } of leaves) if (event) yield recordOf(leaf, hash, event)
    if (leaves.length < PAGE_ROWS) break
    from = leaves.at(-1)!.leaf + 1
  }
  for (const event of await listPending(db, PENDING_MAX)) yield recordOf(null, null, event)
}

async function* recordsOf(
  db: Queryable,
  tree: Tree,
  size: number,
  request: BundleAsked['request'],
): AsyncGenerator<BundleRecord> {
  const { actor, who, ...filter } = request
  for (let after: number | undefined; ; ) {
    const rows = await listEventsForEvidence(db, { ...filter, actor: who, after, viewer: viewerOf(actor) }, PAGE_ROWS)
    for (const { leaf, hash, event } of rows) {
      const isCovered = leaf !== null && leaf < size
      const proof = isCovered ? (await inclusionProof(tree, leaf, size)).map(base64) : undefined
      yield { ...recordOf(leaf, hash, event), ...(proof && { proof }) }
    }
    if (rows.length < PAGE_ROWS) return
    after = rows.at(-1)!.eventId
  }
}

const recordOf = (leaf: number | null, hash: Buffer | null, event: LoggedEvent): BundleRecord => ({
  leaf,
  hash: hash?.toString('hex') ?? null,
  text: leafText(event),
})

async function consistencyLines(db: Queryable, tree: Tree, size: number, since: number | undefined): Promise<Line[]> {
  const kept = (await listHeldCheckpoints(db, HELD_MAX)).map((checkpoint) => checkpoint.size)
  const sizes = new Set([...kept, ...(since === undefined ? [] : [since])])
  const lines: Line[] = []
  for (const older of sizes) {
    if (older === 0 || older >= size) continue
    lines.push({ type: 'consistency', from: older, to: size, hashes: (await consistencyProof(tree, older, size)).map(base64) })
  }
  return lines
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

function addTo(spans: [number, number][], leaf: number): void {
  const last = spans.at(-1)
  if (last && last[1] === leaf - 1) last[1] = leaf
  else spans.push([leaf, leaf])
}
