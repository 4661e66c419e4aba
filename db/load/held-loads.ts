import { sql, type SQL } from 'drizzle-orm'
import type { Checkpoint } from '#server/domain/run.ts'
import type { Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { holdings, isHeldStill } from '../queries/held.ts'
import { WITHDRAWN } from '../queries/overtaken.ts'
import { placeOf } from './places.ts'
import { spannedLines, spanOfLine } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

/** A run that was judged: `place` is where its accepted lines stand, `isFull`: its job brings all there is of the slices it brings. */
export type JudgedLoad = LoadScope & { readonly jobId: number; readonly place: SQL; readonly isFull: boolean }

/** `isControlled`: a control holds it, so what did not pass is wanted as well: what it was short of is known by the others. */
type HeldRun = { readonly runId: number; readonly rootRunId: number; readonly isControlled: boolean }

/**
 * Loads of the job that were held before this run and of which nothing is wanted any more: it replayed them, or extracted all of the slices
 * they brought, or everything that is wanted of them has come. Input that is older than theirs settles none. Records that did not pass wait
 * by themselves then.
 */
export async function settleHeldLoads(tx: Transaction, judged: JudgedLoad): Promise<number[]> {
  const { runId, jobId, isFull } = judged
  const older = await tx.execute<HeldRun & { isSettled: boolean }>(sql`
    select r.run_id as "runId", root.id as "rootRunId", root.id = own.id or ${isFull} and ${isCovered(sql`${runId}::int`)} as "isSettled",
      exists (select from ${holdings} h join exceptions e on e.exception_id = h.exception_id where h.run_id = r.run_id and e.failure_class = 'control') as "isControlled"
    from runs r cross join (select root_run(${runId}) as id offset 0) own cross join lateral (select root_run(r.run_id) as id offset 0) root
    where r.job_id = ${jobId} and r.run_id <> ${runId} and ${isHeldStill} and root.id <= own.id`)
  const settled: number[] = []
  for (const { isSettled, ...held } of older) if (isSettled || (await hasCome(tx, judged, held))) settled.push(held.runId)
  if (settled.length > 0)
    await tx.execute(
      sql`update runs set settled_by_run_id = ${runId} where run_id = any(${intArray(settled)}) and settled_by_run_id is null`,
    )
  return settled
}

export async function hasHeldLoads(tx: Transaction, jobId: number): Promise<boolean> {
  const rows = await tx.execute(sql`select from runs r where r.job_id = ${jobId} and ${isHeldStill} limit 1`)
  return rows.length > 0
}

/** Of held runs as `r`: each slice of which something came in them was extracted again. */
const isCovered = (run: SQL) => sql`not exists (
  select object_type, entity, period, version from control_totals where run_id = r.run_id and checkpoint = 'extracted'
  except select object_type, entity, period, version from control_totals where run_id = ${run} and checkpoint = 'extracted')`

/**
 * What settled them was withdrawn by this publication, or something that had come since and stands no more: they wait as a whole again. Not
 * asked of those that were replayed, or extracted anew, by others, and of those whose copy is gone. Returns their runs.
 */
export async function unsettleHeldLoads(
  tx: Transaction,
  { withdrawnRunId, systemId, publication }: { withdrawnRunId: number; systemId: number; publication: number },
): Promise<number[]> {
  const candidates = await tx.execute<HeldRun & { objectType: string; isItsOwn: boolean }>(sql`
    select r.run_id as "runId", root_run(r.run_id) as "rootRunId", false as "isControlled", v.definition->>'objectType' as "objectType",
      r.settled_by_run_id = ${withdrawnRunId} as "isItsOwn"
    from runs r join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = r.job_id and v.version = r.job_version
    where j.system_id = ${systemId} and r.status = 'held' and r.settled_by_run_id is not null and (r.settled_by_run_id = ${withdrawnRunId}
      or root_run(r.settled_by_run_id) <> root_run(r.run_id) and exists (select from loads l where l.run_id = r.run_id and l.has_own_place)
        and not (v.definition->>'extract' = 'full' and ${isCovered(sql`r.settled_by_run_id`)}))`)
  const ended = sql`(select source_key, object_type from lines where superseded_at_pub = ${publication}
    union all select source_key, dimension from members where superseded_at_pub = ${publication})`
  const waiting: number[] = []
  for (const { isItsOwn, objectType, ...run } of candidates) {
    const held = { ...run, ...(await loadOf(tx, run.runId)) }
    const asked = sql`select w.* from ${wantedOf(held, objectType)} w where (w.source_key, w.object_type) in ${ended}`
    if (isItsOwn || (held.hasPlace && (await standsNot(tx, asked, held, { systemId, loadId: 0 })))) waiting.push(held.runId)
  }
  if (waiting.length > 0) await tx.execute(sql`update runs set settled_by_run_id = null where run_id = any(${intArray(waiting)})`)
  return waiting
}

/** So many of its records are looked for first: all of a load of millions would be gone through each time another file of the job comes. */
const LOOKED_FOR_FIRST = 100

async function hasCome(tx: Transaction, judged: JudgedLoad, run: HeldRun): Promise<boolean> {
  const held = { ...run, ...(await loadOf(tx, run.runId)) }
  // What passed in it is not known any more, so nobody can say that it has come.
  if (!held.hasPlace && (await had(tx, held.runId, 'accepted'))) return false
  if (await lacksSome(tx, judged, held, LOOKED_FOR_FIRST)) return false
  if (!(await had(tx, held.runId, 'extracted'))) return statesTheSame(tx, judged.runId, held)
  return !(await lacksSome(tx, judged, held, null))
}

type HeldLoad = HeldRun & { readonly loadId: number; readonly hasPlace: boolean }

async function loadOf(tx: Transaction, runId: number): Promise<{ loadId: number; hasPlace: boolean }> {
  const [load] = await tx.execute<{ loadId: number; hasPlace: boolean }>(
    sql`select load_id as "loadId", has_own_place as "hasPlace" from loads where run_id = ${runId} order by load_id desc limit 1`,
  )
  return load ?? { loadId: 0, hasPlace: false }
}

async function had(tx: Transaction, runId: number, checkpoint: Checkpoint): Promise<boolean> {
  const rows = await tx.execute(
    sql`select from control_totals where run_id = ${runId} and checkpoint = ${checkpoint} and count > 0 limit 1`,
  )
  return rows.length > 0
}

/** What must have come of it, as (source_key, object_type, content_hash): a hash where it passed, and is as good when it stands as it was. */
const wantedOf = ({ runId, loadId, hasPlace, isControlled }: HeldLoad, objectType: string) => sql`(
  select source_key, dimension as object_type, content_hash from members where load_id = ${loadId}
  ${hasPlace ? sql`union all select source_key, ${objectType}, content_hash from ${placeOf(loadId)} p where not ${isOfTakenBack(loadId)}` : sql``}
  ${
    isControlled
      ? sql`union all select source_key, object_type, null from rejected_records where run_id = ${runId}
        union all select source_key, object_type, null from repeats where load_id = ${loadId}
        union all select l.source_key, l.object_type, null from ${spannedLines(loadId)}`
      : sql``
  })`

/** Of lines `p`: of a bank statement that came with other content, and has come since as it stands or as a correction. */
const isOfTakenBack = (loadId: number) => sql`exists (
  select from bank_statements b where b.load_id = ${loadId} and b.outcome = 'altered' and b.artifact_id = p.artifact_id
    and p.position between b.first_position and b.last_position and exists (select from bank_statements s where s.system_id = b.system_id
      and (s.account, s.statement) = (b.account, b.statement) and s.load_id > b.load_id and s.outcome <> 'altered'))`

/** Each record this run spoke of, but those that its stretches hold. */
const spokenOf = ({ runId, loadId, objectType, place }: JudgedLoad) => [
  sql`select source_key, ${objectType} as object_type from ${place} p`,
  sql`select source_key, dimension as object_type from members where load_id = ${loadId}`,
  sql`select source_key, object_type from rejected_records where run_id = ${runId}`,
  sql`select source_key, object_type from repeats where load_id = ${loadId}`,
]

/**
 * Whether something that is wanted is nowhere: this run did not speak of it, and it does not stand. `most`: of so many each is looked up by
 * itself; null: of all, brought together by grouping, since of rows just written the planner knows nothing, and would compare each with each.
 */
function lacksSome(tx: Transaction, judged: JudgedLoad, held: HeldLoad, most: number | null): Promise<boolean> {
  const wanted = wantedOf(held, judged.objectType)
  const spoken = spokenOf(judged)
  const isSaid = spoken.map(
    (said) => sql`exists (select from (${said}) s where s.source_key = k.source_key and s.object_type = k.object_type)`,
  )
  const together = spoken.map((said) => sql`union all select source_key, object_type, null, false from (${said}) s`)
  const unsaid =
    most === null
      ? sql`select source_key, object_type, max(content_hash::text)::uuid as content_hash from (
          select *, true as is_wanted from ${wanted} w ${sql.join(together, sql` `)}) together
        where source_key <> '' group by 1, 2 having bool_and(is_wanted)`
      : sql`select * from (select * from ${wanted} w where source_key <> '' limit ${most}) k where not (${sql.join(isSaid, sql` or `)})`
  return standsNot(tx, unsaid, held, judged)
}

/**
 * Whether some of these records stands nowhere: what stands under its key is neither the same, nor was unchanged in the load, nor was read
 * from input of the system that came later. By what it was read from: a rollback brings lines back under a publication of its own.
 */
async function standsNot(
  tx: Transaction,
  records: SQL,
  { rootRunId }: HeldRun,
  { systemId, loadId }: { systemId: number; loadId: number },
): Promise<boolean> {
  const [found] = await tx.execute<{ lacks: boolean }>(sql`
    with k as materialized (${records}),
    later as materialized (
      select distinct a.artifact_id from runs u join jobs j on j.job_id = u.job_id join run_artifacts a on a.run_id = u.run_id
      where j.system_id = ${systemId} and u.run_id > ${rootRunId} and u.status = 'succeeded' and not u.is_preview
        and case when u.trigger = 'replay' then root_run(u.run_id) else u.run_id end > ${rootRunId}
        and (u.publication is null or u.publication not in (${WITHDRAWN})))
    select exists (select from k
      where not exists (select from lines l left join ${spanOfLine(loadId)} on true where l.source_key = k.source_key and l.object_type = k.object_type
        and l.system_id = ${systemId} and l.superseded_at_pub is null
        and (s.load_id is not null or l.content_hash = k.content_hash or l.artifact_id in (select artifact_id from later)))
      and not exists (select from members m where m.source_key = k.source_key and m.dimension = k.object_type and m.system_id = ${systemId}
        and m.loaded_at_pub is not null and m.superseded_at_pub is null
        and (m.content_hash = k.content_hash or m.artifact_id in (select artifact_id from later)))) as lacks`)
  return found!.lacks
}

/** Of a load in which nothing came: whether this run states the totals that did not tie there, and they do here. */
async function statesTheSame(tx: Transaction, runId: number, held: HeldRun): Promise<boolean> {
  const [found] = await tx.execute<{ all: boolean | null }>(sql`
    select bool_and(exists (select from claims c where c.run_id = ${runId} and c.ties
      and (c.kind, c.measure, c.subject, coalesce(c.currency, ''), c.claimed) = (h.kind, h.measure, h.subject, coalesce(h.currency, ''), h.claimed))) as all
    from claims h where h.run_id = ${held.runId} and h.exception_id is not null`)
  return found!.all ?? !held.isControlled
}
