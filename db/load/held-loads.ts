import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { placeOf } from './places.ts'
import { spannedLines, spanOfLine } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

/** Of runs as `r`: held as a whole, neither it nor a replay of it published; but those that read what this run read. */
export const isHeldStill = (
  runId: number,
) => sql`r.status = 'held' and not r.is_preview and not r.is_partial and root_run(r.run_id) <> root_run(${runId})
    and not exists (select from runs o where o.job_id = r.job_id and o.run_id > r.run_id and o.trigger = 'replay' and o.status = 'succeeded'
      and not o.is_preview and not o.is_partial and root_run(o.run_id) = root_run(r.run_id))`

/** `exceptionId`: the control they are held behind. */
export async function haveCome(tx: Transaction, load: LoadScope, held: readonly number[], exceptionId: number): Promise<boolean> {
  for (const heldRunId of held) if (!(await hasCome(tx, load, heldRunId, exceptionId))) return false
  return true
}

/**
 * Whether this run spoke of every record of the held one, by key; one that passed may have come with another run since, as it was. Of one in
 * which nothing came at all: whether it states the same total.
 * Brought together by grouping, and looked up line by line what is left: of rows just written the planner knows nothing.
 */
async function hasCome(tx: Transaction, of: LoadScope, heldRunId: number, exceptionId: number): Promise<boolean> {
  if (await leavesSome(tx, of, heldRunId)) return false
  const { loadId, runId, systemId, objectType } = of
  const held = await loadOf(tx, heldRunId)
  const heldLoad = held?.id ?? 0
  const ofPlace = (id: number) => sql`union all select source_key, ${objectType}, content_hash from ${placeOf(id)}`
  const recordsOf = (id: number, ofRun: number, hasPlace: boolean) => sql`
    select source_key, object_type, null::uuid as content_hash from rejected_records where run_id = ${ofRun}
    union all select source_key, object_type, null from repeats where load_id = ${id}
    union all select source_key, dimension, null from members where load_id = ${id} ${hasPlace ? ofPlace(id) : sql``}`
  const [found] = await tx.execute<{ any: boolean; missing: boolean; same: boolean }>(sql`
    with came as materialized (
      select source_key, object_type, array_agg(content_hash) filter (where is_held) as hashes, bool_or(not is_held) as again from (
        select h.*, true as is_held from (${recordsOf(heldLoad, heldRunId, held?.hasPlace ?? false)}) h
        union all select l.source_key, l.object_type, null, true from ${spannedLines(heldLoad)}
        union all select o.*, false from (${recordsOf(loadId, runId, true)}) o) spoken
      where source_key <> '' group by 1, 2 having bool_or(is_held))
    select exists (select from came) as any,
      exists (select from came k where not k.again and not exists (
        select from lines l left join ${spanOfLine(loadId)} on true where l.source_key = k.source_key and l.object_type = k.object_type and l.system_id = ${systemId}
          and l.superseded_at_pub is null and (s.load_id is not null or array_position(k.hashes, null) is null and l.content_hash = any(k.hashes)))) as missing,
      exists (select from claims h join claims c on (c.kind, c.measure, c.subject, coalesce(c.currency, ''), c.claimed) = (h.kind, h.measure, h.subject, coalesce(h.currency, ''), h.claimed)
        where h.run_id = ${heldRunId} and h.exception_id = ${exceptionId} and c.run_id = ${runId} and c.ties) as same`)
  return found!.any ? !found!.missing : found!.same
}

async function loadOf(tx: Transaction, runId: number): Promise<{ id: number; hasPlace: boolean } | undefined> {
  const [load] = await tx.execute<{ id: number; hasPlace: boolean }>(
    sql`select load_id as id, has_own_place as "hasPlace" from loads where run_id = ${runId} order by load_id desc limit 1`,
  )
  return load
}

async function hadAccepted(tx: Transaction, runId: number): Promise<boolean> {
  const rows = await tx.execute(
    sql`select from control_totals where run_id = ${runId} and checkpoint = 'accepted' and count > 0 limit 1`,
  )
  return rows.length > 0
}

/** So many of its lines are looked for first: all of a load of millions would be gone through each time another file of the job comes. */
const LOOKED_FOR_FIRST = 100

/** Whether something that passed in a held load is nowhere yet: neither this run nor one since brought it. Records that did not pass wait by themselves. */
export async function leavesSome(tx: Transaction, load: LoadScope, heldRunId: number): Promise<boolean> {
  const held = await loadOf(tx, heldRunId)
  // What passed in it is not known any more, so nobody can say that it has come.
  if (!held?.hasPlace) return hadAccepted(tx, heldRunId)
  return (await lacksSome(tx, load, held.id, LOOKED_FOR_FIRST)) || (await lacksSome(tx, load, held.id, null))
}

async function lacksSome(
  tx: Transaction,
  { loadId, runId, systemId, objectType }: LoadScope,
  heldLoad: number,
  most: number | null,
): Promise<boolean> {
  const [found] = await tx.execute<{ lacks: boolean }>(sql`
    with h as materialized (select source_key, content_hash from ${placeOf(heldLoad)} where source_key <> '' limit ${most}::int)
    select exists (select from h where not exists (select from ${placeOf(loadId)} o where o.source_key = h.source_key)
      and not exists (select from rejected_records o where o.run_id = ${runId} and o.source_key = h.source_key and o.object_type = ${objectType})
      and not exists (select from repeats o where o.load_id = ${loadId} and o.source_key = h.source_key and o.object_type = ${objectType})
      and not exists (select from lines l left join ${spanOfLine(loadId)} on true where l.source_key = h.source_key and l.object_type = ${objectType}
        and l.system_id = ${systemId} and l.superseded_at_pub is null and (s.load_id is not null or l.content_hash = h.content_hash))) as lacks`)
  return found!.lacks
}
