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

/** Appends to the log, in this order. Waits for nobody: the leaves of the tree are given out afterwards. */
export async function appendAuditEvents(tx: Transaction, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx.execute(sql`
    select append_audit_event(e.actor, e.role, e.action, e."objectType", e."objectId", e.reason, e.before, e.after, e."correlationId")
    from (select * from jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality as given (event, position) order by position) o,
      jsonb_to_record(o.event) as e (actor text, role text, action text, "objectType" text, "objectId" text, reason text, before jsonb, after jsonb, "correlationId" uuid)`)
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
