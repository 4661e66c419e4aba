import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'

export type AuditEvent = {
  readonly actor: string
  readonly role: string
  /** Past tense: run.replayed, load.published. */
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly reason?: string | undefined
  readonly before?: unknown
  readonly after?: unknown
  readonly correlationId: string
}

/** Appends to the chain, in this order. Holds its head until the transaction ends, so it is the last thing a command does. */
export async function appendAuditEvents(tx: Transaction, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx.execute(sql`
    select append_audit_event(e.actor, e.role, e.action, e."objectType", e."objectId", e.reason, e.before, e.after, e."correlationId")
    from (select * from jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality as given (event, position) order by position) o,
      jsonb_to_record(o.event) as e (actor text, role text, action text, "objectType" text, "objectId" text, reason text, before jsonb, after jsonb, "correlationId" uuid)`)
}

export type ChainFault = { readonly eventId: number; readonly fault: 'changed' | 'missing' | 'tail_cut' }

/** Recomputes the whole chain. Empty when it is sound. */
export async function findChainFaults(db: Queryable): Promise<ChainFault[]> {
  const rows = await db.execute<{ event_id: number; fault: ChainFault['fault'] }>(sql`
    with linked as (
      select e.event_id, e.hash, e.previous_hash, audit_hash(e.previous_hash, e) as expected,
        lag(e.hash, 1, repeat('0', 64)) over (order by e.event_id) as before, lag(e.event_id, 1, 0::bigint) over (order by e.event_id) as before_id
      from audit_events e)
    select event_id, 'changed' as fault from linked where hash <> expected
    union all select event_id - 1, 'missing' from linked where before_id <> event_id - 1
    union all select event_id, 'changed' from linked where before_id = event_id - 1 and previous_hash <> before and hash = expected
    union all select h.event_id, 'tail_cut' from audit_head h where h.event_id > 0 and not exists (select from audit_events e where e.event_id = h.event_id and e.hash = h.hash)
    order by 1 limit 100`)
  return rows.map((row) => ({ eventId: row.event_id, fault: row.fault }))
}

export async function countAuditEvents(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*) as n from audit_events`)
  return Number(row!.n)
}

export type TriageEvent = { actor: string; action: string; objectId: string; before: unknown; after: unknown }

/** What was done to exceptions under one correlation id, in order. */
export async function listTriageEvents(db: Queryable, correlationId: string): Promise<TriageEvent[]> {
  const rows = await db.execute<TriageEvent>(sql`
    select actor, action, object_id as "objectId", before, after from audit_events where correlation_id = ${correlationId}::uuid and object_type = 'exception' order by event_id`)
  return [...rows]
}
