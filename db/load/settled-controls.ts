import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { textArray } from '../text-array.ts'
import { isAsOld, type ClosedException } from './exceptions.ts'
import { placeOf } from './places.ts'
import { spannedLines, spanOfLine } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

type Proved = LoadScope & {
  readonly jobId: number
  readonly slices: readonly string[]
  /** Its equation holds, and it is in the scope of whoever asked for it. */
  readonly isSound: boolean
  /** What it brings is not all there is: records that were held and do not come again are still wanted. */
  readonly isDelta: boolean
}

/**
 * Control exceptions close when the same claim ties in a run that covers at least the same slices and whose input is not older. Of a delta
 * job it says nothing of the loads that are held behind one, unless it replays them or every record of them has come again.
 */
export async function closeSettledControls(tx: Transaction, run: Proved): Promise<ClosedException[]> {
  const { runId, jobId, slices, isSound, isDelta } = run
  const settled = await tx.execute<{ id: number; held: number[] }>(sql`
    select e.exception_id as id, ${isDelta ? heldBehind(runId) : sql`'{}'::int[]`} as held from exceptions e
    where e.job_id = ${jobId} and e.failure_class = 'control' and e.closed_at is null and e.slices <@ ${textArray(slices)} and ${isAsOld(runId)}
      and (e.code in ('conservation_broken', 'outside_entity_scope') and ${isSound} or e.code not in ('conservation_broken', 'outside_entity_scope') and exists (select from claims c where c.run_id = ${runId} and c.ties and c.measure = e.subject->>'measure' and c.subject = coalesce(e.subject->>'account', ''))
        and not exists (select from claims c where c.run_id = ${runId} and not c.ties and c.measure = e.subject->>'measure' and c.subject = coalesce(e.subject->>'account', '')))`)
  const closed: number[] = []
  for (const { id, held } of settled) if (await haveCome(tx, run, id, held)) closed.push(id)
  if (closed.length === 0) return []
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${runId} where e.exception_id = any(${intArray(closed)}) returning exception_id, code, title`)
}

/** Of exceptions as `e`: runs that raised it and are held still, none of them or of their replays published; but those that read what this run read. */
const heldBehind = (runId: number) => sql`array(
  select r.run_id from runs r where r.run_id in (select c.run_id from claims c where c.exception_id = e.exception_id union select e.opened_run_id union select e.last_run_id)
    and r.status = 'held' and not r.is_preview and not r.is_partial and root_run(r.run_id) <> root_run(${runId})
    and not exists (select from runs o where o.job_id = r.job_id and o.run_id > r.run_id and o.trigger = 'replay' and o.status = 'succeeded'
      and not o.is_preview and not o.is_partial and root_run(o.run_id) = root_run(r.run_id)))`

async function haveCome(tx: Transaction, run: Proved, exceptionId: number, held: readonly number[]): Promise<boolean> {
  for (const heldRunId of held) if (!(await hasCome(tx, run, exceptionId, heldRunId))) return false
  return true
}

/**
 * Whether this run spoke of every record of the held one, by key; one that passed may have come with another run since, as it was. Of one in which nothing came at all: whether it states the same total.
 * Brought together by grouping, and looked up line by line what is left: of rows just written the planner knows nothing.
 */
async function hasCome(
  tx: Transaction,
  { loadId, runId, systemId, objectType }: Proved,
  exceptionId: number,
  heldRunId: number,
): Promise<boolean> {
  const [load] = await tx.execute<{ id: number; hasPlace: boolean }>(
    sql`select load_id as id, has_own_place as "hasPlace" from loads where run_id = ${heldRunId} order by load_id desc limit 1`,
  )
  const heldLoad = load?.id ?? 0
  const ofPlace = (id: number) => sql`union all select source_key, ${objectType}, content_hash from ${placeOf(id)}`
  const recordsOf = (id: number, ofRun: number, hasPlace: boolean) => sql`
    select source_key, object_type, null::uuid as content_hash from rejected_records where run_id = ${ofRun}
    union all select source_key, object_type, null from repeats where load_id = ${id}
    union all select source_key, dimension, null from members where load_id = ${id} ${hasPlace ? ofPlace(id) : sql``}`
  const [found] = await tx.execute<{ any: boolean; missing: boolean; same: boolean }>(sql`
    with came as materialized (
      select source_key, object_type, array_agg(content_hash) filter (where is_held) as hashes, bool_or(not is_held) as again from (
        select h.*, true as is_held from (${recordsOf(heldLoad, heldRunId, load?.hasPlace ?? false)}) h
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
