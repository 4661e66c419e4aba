import type { Queryable } from '#db/client.ts'
import { findStanding, newestCheckpoint, type CheckpointRow, type Standing } from '#db/queries/audit-log.ts'
import {
  findAuditEvent,
  listAuditChoices,
  listAuditEvents,
  type AuditFilter,
  type AuditListRow,
  type AuditRow,
  type AuditViewer,
} from '#db/queries/audit-screens.ts'
import type { Actor } from '#server/domain/actor.ts'
import { inclusionProof, leafHash } from '#server/platform/audit-log/tree.ts'
import { isIncluded } from '#server/platform/audit-log/verify-audit.mjs'
import { keptTree } from '../audit/kept-tree.ts'
import { leafText } from '../audit/sequence-events.ts'

/** signed: a checkpoint covers it. unsigned: it has its leaf. pending: it is written, and waits for its leaf. */
export type Proven = 'signed' | 'unsigned' | 'pending'

export type ShownCheckpoint = {
  readonly size: number
  readonly root: string
  readonly signedAt: string
  readonly keyId: string
  readonly note: string
}

export type AuditView = {
  readonly rows: readonly (AuditListRow & { readonly proven: Proven })[]
  readonly choices: { readonly actors: readonly string[]; readonly actions: readonly string[] }
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  /** Only who sees all entities sees all events, and so the log as a whole. */
  readonly seesAll: boolean
  readonly standing: Standing & { readonly checkpoint: ShownCheckpoint | null }
  readonly computedAt: string
}

const PAGE_ROWS = 100
const EXPORT_PAGE_ROWS = 2_000

/** `who` did it; `actor` looks. */
export type AuditRequest = Omit<AuditFilter, 'viewer' | 'actor'> & { readonly who?: string | undefined; readonly actor: Actor }

/** One page of audit events, newest first. */
export async function readAudit(db: Queryable, { actor, ...filter }: AuditRequest, now: Date): Promise<AuditView> {
  const { who, ...rest } = filter
  const backwards = filter.after !== undefined && filter.before === undefined
  const [found, choices, standing, newest] = await Promise.all([
    listAuditEvents(db, { ...rest, actor: who, viewer: viewerOf(actor) }, PAGE_ROWS + 1),
    listAuditChoices(db),
    findStanding(db),
    newestCheckpoint(db),
  ])
  const isMore = found.length > PAGE_ROWS
  const page = backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS)
  return {
    rows: page.map((row) => ({ ...row, proven: provenBy(row.leaf, newest) })),
    choices,
    hasNewer: backwards ? isMore : filter.before !== undefined,
    hasOlder: backwards || isMore,
    seesAll: seesAll(actor),
    standing: { ...standing, checkpoint: newest && shown(newest) },
    computedAt: now.toISOString(),
  }
}

const provenBy = (leaf: number | null, newest: CheckpointRow | null): Proven =>
  leaf === null ? 'pending' : newest && leaf < newest.size ? 'signed' : 'unsigned'

export const shown = ({ root, ...checkpoint }: CheckpointRow): ShownCheckpoint => ({
  ...checkpoint,
  root: root.toString('base64'),
})

/** All events of the view, newest first, read as they are taken. */
export async function* readAuditForExport(
  db: Queryable,
  { actor, who, ...filter }: Omit<AuditRequest, 'before' | 'after'>,
): AsyncGenerator<AuditRow> {
  for (let before: number | undefined; ; ) {
    const rows = await listAuditEvents(db, { ...filter, before, actor: who, viewer: viewerOf(actor) }, EXPORT_PAGE_ROWS)
    yield* rows
    if (rows.length < EXPORT_PAGE_ROWS) return
    before = rows.at(-1)!.eventId
  }
}

export type EventView = AuditListRow & {
  readonly proven: Proven
  readonly atExact: string
  /** What is hashed. */
  readonly text: string
  readonly recomputed: string
  /** Of its leaf, in the log; null while it waits for one. */
  readonly hash: string | null
  /** Where a checkpoint covers it: the way from its leaf to the signed root, gone here once more. */
  readonly inclusion: { readonly checkpoint: ShownCheckpoint; readonly proof: readonly string[]; readonly leads: boolean } | null
}

/** Null for an event that is not there or lies outside the scope. */
export async function readAuditEvent(db: Queryable, eventId: number, actor: Actor): Promise<EventView | null> {
  const [found, newest] = await Promise.all([findAuditEvent(db, eventId, viewerOf(actor)), newestCheckpoint(db)])
  if (!found) return null
  const { event, hash, ...row } = found
  const text = leafText(event)
  const recomputed = leafHash(text)
  return {
    ...row,
    proven: provenBy(row.leaf, newest),
    atExact: event.at,
    text,
    recomputed: recomputed.toString('hex'),
    hash: hash?.toString('hex') ?? null,
    inclusion: row.leaf !== null && newest && row.leaf < newest.size ? await inclusionOf(db, row.leaf, recomputed, newest) : null,
  }
}

async function inclusionOf(db: Queryable, leaf: number, hash: Uint8Array, checkpoint: CheckpointRow) {
  const proof = await inclusionProof(keptTree(db, checkpoint.size), leaf, checkpoint.size)
  return {
    checkpoint: shown(checkpoint),
    proof: proof.map((sibling) => Buffer.from(sibling).toString('hex')),
    leads: isIncluded(leaf, checkpoint.size, hash, proof, checkpoint.root),
  }
}

export const viewerOf = (actor: Actor): AuditViewer => ({ name: actor.name, scope: actor.entityScope })
export const seesAll = (actor: Actor): boolean => actor.entityScope.includes('*')
