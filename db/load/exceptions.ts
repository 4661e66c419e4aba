import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import type { Queryable, Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { textArray } from '../text-array.ts'
import { inScope } from '../queries/totals.ts'
import { isHeldStill } from '../queries/held.ts'
import { settleHeldLoads, type JudgedLoad } from './held-loads.ts'
import { spanOfLine } from './repeats.ts'

/** More causes of one code and field than this in one run are shown as one: a wrong column, not that many wrong codes. */
export const CAUSES_MAX = 200

export type RejectionCause = {
  code: string
  field: string
  value: string
  detail: string
  occurrences: number
  entities: string[]
  collapsed: boolean
}

/** The causes among a run's rejections. What was shown as one stays one where only a part of it is judged again. */
export async function listCauses(
  db: Queryable,
  runId: number,
  { part = null, scope = ['*'] }: { part?: { bulkReplayId: number; originRunId: number } | null; scope?: readonly string[] },
): Promise<RejectionCause[]> {
  const wasOne = part
    ? sql`union select e.code, e.subject->>'field' from exceptions e where e.closed_at is null and e.subject->>'value' = '' and e.exception_id = any(array(
        select distinct exception_id from bulk_replay_records where bulk_replay_id = ${part.bulkReplayId} and origin_run_id = ${part.originRunId}))`
    : sql``
  return db.execute<RejectionCause>(sql`
    with wide as materialized (select code, field from rejections where run_id = ${runId} group by code, field having count(distinct value) > ${CAUSES_MAX} ${wasOne})
    select r.code, r.field, case when w.code is null then r.value else '' end as value, min(r.detail) as detail, count(*)::int as occurrences,
      array_remove(array_agg(distinct x.entity), '') as entities, w.code is not null as collapsed
    from rejections r join rejected_records x on x.rejected_id = r.rejected_id left join wide w on w.code = r.code and w.field = r.field
    where r.run_id = ${runId} and ${inScope(sql`x.entity`, scope)} group by 1, 2, 3, 7 order by 5 desc, 1, 2, 3`)
}

export type ExceptionDraft = {
  readonly fingerprint: string
  readonly failureClass: FailureClass
  readonly code: string
  readonly subject: Readonly<Record<string, string>>
  readonly title: string
  readonly detail: string
  readonly entities: readonly string[]
  readonly slices: readonly string[]
  /** The rule of IT that named it. */
  readonly ruleId?: number | undefined
}

/** Opens an exception, or adds to the open one of the same cause. One that was closed before comes back as a new one that names it. */
export async function raiseException(
  tx: Transaction,
  /** runId: null where what failed is that no run came. */
  run: { runId: number | null; jobId: number },
  draft: ExceptionDraft,
): Promise<number> {
  const [row] = await tx.execute<{ id: number }>(sql`
    insert into exceptions (fingerprint, job_id, failure_class, code, subject, title, detail, opened_run_id, last_run_id, entities, slices, rule_id, previous_exception_id)
    values (${draft.fingerprint}, ${run.jobId}, ${draft.failureClass}, ${draft.code}, ${JSON.stringify(draft.subject)}::jsonb, ${draft.title}, ${draft.detail},
      ${run.runId}, ${run.runId}, ${textArray(draft.entities)}, ${textArray(draft.slices)}, ${draft.ruleId ?? null},
      (select max(exception_id) from exceptions where fingerprint = ${draft.fingerprint} and closed_at is not null))
    on conflict (fingerprint) where closed_at is null
    do update set last_run_id = coalesce(excluded.last_run_id, exceptions.last_run_id), last_seen_at = clock_timestamp(), title = excluded.title, detail = excluded.detail,
      subject = case when excluded.subject ? 'jobs' then exceptions.subject || jsonb_build_object('jobs', (
        select string_agg(distinct name, ', ' order by name) from unnest(string_to_array(concat_ws(', ', exceptions.subject->>'jobs', excluded.subject->>'jobs'), ', ')) name)) else exceptions.subject end,
      entities = (select coalesce(array_agg(distinct e), '{}') from unnest(exceptions.entities || excluded.entities) e)
    returning exception_id as id`)
  return row!.id
}

/** Each rejection of the run gets the exception of its cause, all at once: one by one, every cause read all of them. */
export async function linkRejections(
  tx: Transaction,
  runId: number,
  raised: readonly { readonly exceptionId: number; readonly cause: RejectionCause }[],
): Promise<void> {
  const link = (isCollapsed: boolean) => {
    const rows = raised
      .filter(({ cause }) => cause.collapsed === isCollapsed)
      .map(({ exceptionId, cause: { code, field, value } }) => ({ id: exceptionId, code, field, value }))
    if (rows.length === 0) return
    return tx.execute(sql`
      update rejections r set exception_id = c.id from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c (id int, code text, field text, value text)
      where r.run_id = ${runId} and r.code = c.code and r.field = c.field ${isCollapsed ? sql`` : sql`and r.value = c.value`}`)
  }
  await link(false)
  await link(true)
}

export async function linkClaim(tx: Transaction, claimId: number, exceptionId: number): Promise<void> {
  await tx.execute(sql`update claims set exception_id = ${exceptionId} where claim_id = ${claimId}`)
}

/**
 * This run's verdicts replace what earlier runs of the job said of the same records: the same place in the same artifact, or the same key
 * sent again; not what was said of a record of that key that came later than this run's input, as a replay's or a restart's may be long ago.
 * Returns the runs whose records were judged again.
 * Of a load that is held still none are replaced by key: it waits as a whole, and a record of it that comes again alone is no reason to
 * forget the others. Of one that this run settled, a record whose key stands from input that came later is done with as well.
 * `isAnew`: what it published long ago stands again; what was said since is not for it to judge.
 * Lines are looked up by key, one by one: as an `exists` the planner may read all of them instead.
 * Keys just written are brought together by grouping and not by a join: the planner takes them for one row, and would compare each with each.
 */
export async function replaceEarlierVerdicts(tx: Transaction, judged: JudgedLoad, isAnew = false): Promise<number[]> {
  const { runId, jobId, loadId, systemId, place } = judged
  const settled = await settleHeldLoads(tx, judged)
  const younger = await listYounger(tx, judged)
  const isOlder = younger.length > 0 ? sql`run_id <> all(${intArray(younger)})` : sql`true`
  const waiting = sql`
    select x.rejected_id, x.run_id, x.artifact_id, x.object_type, x.source_key from rejected_records x
    where x.run_id in (select run_id from runs where job_id = ${jobId} and run_id ${isAnew ? sql`<` : sql`<>`} ${runId})
      and exists (select from rejections r where r.rejected_id = x.rejected_id and r.replaced_by_run_id is null)`
  const [some] = await tx.execute(sql`${waiting} limit 1`)
  if (!some) return []
  const stays = sql`run_id in (select r.run_id from runs r where r.job_id = ${jobId} and ${isHeldStill})`
  const rows = await tx.execute<{ run_id: number }>(sql`
    with waiting as materialized (${waiting}),
    judged as materialized (
      select rejected_id from waiting where artifact_id in (select artifact_id from run_artifacts where run_id = ${runId})
      union select unnest(ids) from (
        select array_agg(rejected_id) filter (where rejected_id is not null) as ids from (
          select source_key, object_type, rejected_id from waiting where ${isOlder} and not ${stays}
          union all select source_key, object_type, null from rejected_records where run_id = ${runId}
          union all select source_key, dimension, null from members where load_id = ${loadId}
          union all select source_key, object_type, null from repeats where load_id = ${loadId}) spoken
        where source_key <> '' group by source_key, object_type having bool_or(rejected_id is null)) again
      union select x.rejected_id from waiting x where ${isOlder} and not ${stays} and x.source_key <> '' and x.source_key in (
        select l.source_key from lines l cross join ${spanOfLine(loadId)} where l.source_key = x.source_key and l.object_type = x.object_type
        union all select s.source_key from ${place} s where s.source_key = x.source_key)
      union select x.rejected_id from waiting x where x.run_id = any(${intArray(settled)}) and x.source_key <> '' and exists (
        select from (
          select artifact_id from lines l where l.source_key = x.source_key and l.object_type = x.object_type and l.system_id = ${systemId} and l.superseded_at_pub is null
          union all select artifact_id from members m where m.source_key = x.source_key and m.dimension = x.object_type and m.system_id = ${systemId} and m.superseded_at_pub is null) stands
          join run_artifacts a on a.artifact_id = stands.artifact_id join runs u on u.run_id = a.run_id join jobs j on j.job_id = u.job_id and j.system_id = ${systemId}
          where u.status = 'succeeded' and not u.is_preview and u.run_id > x.run_id and root_run(u.run_id) > root_run(x.run_id))),
    replaced as (
      update rejections r set replaced_by_run_id = ${runId} from judged where r.rejected_id = judged.rejected_id and r.replaced_by_run_id is null
      returning r.run_id)
    select distinct run_id from replaced`)
  if (younger.length > 0) await leaveToYounger(tx, runId, younger)
  return [...rows.map(({ run_id }) => run_id), ...(younger.length > 0 ? [runId] : [])]
}

/** Runs of the job whose input is younger than that of this one. As old as its input is a run that asked its source; a replay is older than its number says. */
async function listYounger(tx: Transaction, { runId, jobId }: { runId: number; jobId: number }): Promise<number[]> {
  const rows = await tx.execute<{ run_id: number }>(sql`
    select r.run_id from runs r cross join (select root_run(${runId}) as root offset 0) own
    where r.job_id = ${jobId} and r.run_id > own.root and not r.is_preview and case when r.trigger = 'replay' then root_run(r.run_id) else r.run_id end > own.root`)
  return rows.map(({ run_id }) => run_id)
}

/** A record that waits as it came later does not wait a second time, for the same cause, as it was before. */
async function leaveToYounger(tx: Transaction, runId: number, younger: readonly number[]): Promise<void> {
  await tx.execute(sql`
    with said as materialized (
      select r.rejected_id, r.run_id, r.exception_id, x.source_key, x.object_type from rejections r join rejected_records x on x.rejected_id = r.rejected_id
      where r.run_id = any(${intArray([runId, ...younger])}) and r.replaced_by_run_id is null and r.exception_id is not null and x.source_key <> ''),
    older as materialized (
      select unnest(ids) as rejected_id, exception_id, younger from (
        select array_agg(rejected_id) filter (where run_id = ${runId}) as ids, exception_id, max(run_id) filter (where run_id <> ${runId}) as younger
        from said group by source_key, object_type, exception_id) again where younger is not null)
    update rejections r set replaced_by_run_id = o.younger from older o where r.rejected_id = o.rejected_id and r.exception_id = o.exception_id and r.replaced_by_run_id is null`)
}

/** Of exceptions as `e`: no run whose input is younger than that of this one was the last to raise it, or has a claim behind it; but those that are settled. */
export const isAsOld = (runId: number) => sql`not exists (
  select from (select e.last_run_id as run_id union all select c.run_id from claims c where c.exception_id = e.exception_id) b join runs y on y.run_id = b.run_id
  where y.settled_by_run_id is null and y.run_id > root_run(${runId}) and root_run(y.run_id) > root_run(${runId}))`

export type ClosedException = { exception_id: number; code: string; title: string }

/**
 * Business exceptions close when the control that opened them has passed on every record that waited. No record waits behind drift.
 * A run of a part did not ask the source, so it closes nothing that no record waited behind: what a system refused stays. So does what it
 * refused to a run whose input is younger.
 */
export async function closeSettledBusiness(
  tx: Transaction,
  run: { runId: number; jobId: number },
  isPart: boolean,
): Promise<ClosedException[]> {
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${run.runId}
    where e.job_id = ${run.jobId} and e.failure_class = 'business' and e.code <> 'member_drift' and e.closed_at is null and not e.subject ? 'target'
      and not exists (select from rejections r where r.exception_id = e.exception_id and r.replaced_by_run_id is null)
      and (${!isPart} and ${isAsOld(run.runId)} or exists (select from rejections r where r.exception_id = e.exception_id and r.replaced_by_run_id is not null))
    returning exception_id, code, title`)
}

/** A missed due time is made up for when a run of the job gets through and nothing of it is held. */
export async function closeMissedTick(tx: Transaction, run: { runId: number; jobId: number }): Promise<ClosedException[]> {
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${run.runId}
    where e.job_id = ${run.jobId} and e.failure_class = 'control' and e.code = 'tick_missed' and e.closed_at is null returning exception_id, code, title`)
}

/** Technical exceptions close when a later run of the job got through whose input is not older, those of a target do not: a delivery closes them; those about a file only when that file did. */
export async function closeSettledTechnical(tx: Transaction, run: { runId: number; jobId: number }): Promise<ClosedException[]> {
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${run.runId}
    where e.job_id = ${run.jobId} and e.failure_class in ('technical_transient', 'technical_permanent', 'unclassified') and e.closed_at is null and not e.subject ? 'jobs' and not e.subject ? 'target' and ${isAsOld(run.runId)}
      and (not e.subject ? 'file' or exists (select from run_artifacts a where a.run_id = ${run.runId} and a.name = e.subject->>'file'))
    returning exception_id, code, title`)
}

/** The jobs an exception about a system names. Of a query with exceptions as `e`. */
export const jobsOfCause = sql`string_to_array(e.subject->>'jobs', ', ')`

/**
 * A system that was down answers again: closed when the newest run of every job it stopped got through, this one the last of
 * them. Locked first, so that of two that end in the same moment the second sees the first.
 */
export async function closeSettledSystem(tx: Transaction, run: { runId: number; jobId: number }): Promise<ClosedException[]> {
  const [found] = await tx.execute<{ id: number }>(sql`
    select exception_id as id from exceptions e where e.closed_at is null and e.subject ? 'jobs'
      and (select name from jobs where job_id = ${run.jobId}) = any(${jobsOfCause}) for update`)
  if (!found) return []
  return tx.execute<ClosedException>(sql`
    update exceptions e set closed_at = now(), closed_by_run_id = ${run.runId}
    where e.exception_id = ${found.id} and e.closed_at is null and not exists (
      select from jobs o where o.name = any(${jobsOfCause}) and o.job_id <> ${run.jobId} and 'failed' = (
        select r.status from runs r where r.job_id = o.job_id and not r.is_preview and r.status in ('succeeded', 'held', 'failed') order by r.run_id desc limit 1))
    returning exception_id, code, title`)
}
