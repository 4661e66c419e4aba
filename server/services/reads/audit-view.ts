import type { Queryable } from '#db/client.ts'
import {
  findAuditEvent,
  listAuditChoices,
  listAuditEvents,
  listChain,
  type AuditDetail,
  type AuditFilter,
  type AuditListRow,
  type AuditRow,
  type AuditViewer,
  type ChainLink,
} from '#db/queries/audit-screens.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'

export type AuditView = {
  readonly rows: readonly AuditListRow[]
  readonly choices: { readonly actors: readonly string[]; readonly actions: readonly string[] }
  readonly hasNewer: boolean
  readonly hasOlder: boolean
  /** Only who sees all entities sees all events, and so the chain as a whole. */
  readonly seesAll: boolean
  readonly computedAt: string
}

const PAGE_ROWS = 100
const EXPORT_PAGE_ROWS = 2_000

/** `who` did it; `actor` looks. */
export type AuditRequest = Omit<AuditFilter, 'viewer' | 'actor'> & { readonly who?: string | undefined; readonly actor: Actor }

/** One page of audit events, newest first. */
export async function readAudit(db: Queryable, { actor, ...filter }: AuditRequest, now: Date): Promise<AuditView> {
  const { who, ...rest } = filter
  const viewer = viewerOf(actor)
  const backwards = filter.after !== undefined && filter.before === undefined
  const [found, choices] = await Promise.all([
    listAuditEvents(db, { ...rest, actor: who, viewer }, PAGE_ROWS + 1),
    listAuditChoices(db, viewer),
  ])
  const isMore = found.length > PAGE_ROWS
  return {
    rows: backwards ? found.slice(-PAGE_ROWS) : found.slice(0, PAGE_ROWS),
    choices,
    hasNewer: backwards ? isMore : filter.before !== undefined,
    hasOlder: backwards || isMore,
    seesAll: seesAll(actor),
    computedAt: now.toISOString(),
  }
}

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

/** Null for an event that is not there or lies outside the scope. */
export const readAuditEvent = (db: Queryable, eventId: number, actor: Actor): Promise<AuditDetail | null> =>
  findAuditEvent(db, eventId, viewerOf(actor))

/** The whole chain, in its order. Throws Refusal (outside_entity_scope): a part of a chain proves nothing. */
export function readChain(db: Queryable, actor: Actor): AsyncIterable<ChainLink> {
  if (!seesAll(actor)) throw new Refusal('outside_entity_scope', 'the log holds events of all entities')
  return allLinks(db)
}

async function* allLinks(db: Queryable): AsyncGenerator<ChainLink> {
  for (let after = 0; ; ) {
    const links = await listChain(db, after, EXPORT_PAGE_ROWS)
    yield* links
    if (links.length < EXPORT_PAGE_ROWS) return
    after = links.at(-1)!.eventId
  }
}

const viewerOf = (actor: Actor): AuditViewer => ({ name: actor.name, scope: actor.entityScope })
export const seesAll = (actor: Actor): boolean => actor.entityScope.includes('*')
