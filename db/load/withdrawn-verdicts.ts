import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { iso } from '../iso.ts'
import { WITHOUT_CLAIM } from '../queries/held.ts'

/**
 * Records of earlier runs that the run judged again and let pass. Those it rejected itself, or a later run did since, wait under that one's
 * name. By grouping: of rows written a moment ago the planner knows nothing.
 */
const passedBy = (runId: number) => sql`
  mine as materialized (
    select r.rejected_id, x.artifact_id, x.position, x.source_key, x.object_type from rejections r join rejected_records x on x.rejected_id = r.rejected_id
    where r.replaced_by_run_id = ${runId}),
  spoken as materialized (
    select rejected_id, artifact_id, position, source_key, object_type from mine
    union all select null, n.artifact_id, n.position, n.source_key, n.object_type from rejected_records n where n.run_id = ${runId}
    union all select null, n.artifact_id, n.position, n.source_key, n.object_type from runs w join runs o on o.job_id = w.job_id and o.run_id > w.run_id and not o.is_preview
      join rejected_records n on n.run_id = o.run_id
      where w.run_id = ${runId} and exists (select from rejections v where v.rejected_id = n.rejected_id and v.replaced_by_run_id is null)),
  rejected_again as materialized (
    select unnest(ids) as rejected_id from (
      select array_agg(rejected_id) filter (where rejected_id is not null) as ids from spoken group by artifact_id, position having bool_or(rejected_id is null)
      union all select array_agg(rejected_id) filter (where rejected_id is not null) from spoken
        where source_key <> '' group by source_key, object_type having bool_or(rejected_id is null)) again),
  passed as materialized (select rejected_id from mine except select rejected_id from rejected_again)`

/** How many records wait again, and behind how many exceptions, once what the run published is withdrawn. */
export async function previewWaitingAgain(db: Queryable, runId: number): Promise<{ records: number; exceptions: number }> {
  const [row] = await db.execute<{ records: number; exceptions: number }>(sql`
    with ${passedBy(runId)}
    select count(distinct p.rejected_id)::int as records, count(distinct r.exception_id)::int as exceptions
    from passed p join rejections r on r.rejected_id = p.rejected_id and r.replaced_by_run_id = ${runId}`)
  return row!
}

/** What a withdrawn run had let pass is neither published nor done with: its earlier verdicts stand again. Returns the runs whose records wait again. */
export async function restoreVerdicts(tx: Transaction, runId: number): Promise<number[]> {
  const rows = await tx.execute<{ run_id: number }>(sql`
    with ${passedBy(runId)},
    restored as (
      update rejections r set replaced_by_run_id = null from passed p where r.rejected_id = p.rejected_id and r.replaced_by_run_id = ${runId} returning r.run_id)
    select distinct run_id from restored`)
  return rows.map(({ run_id }) => run_id)
}

/** Loads that are held again wait with all their records, but those that wait as a later run found them. Returns the runs whose records wait again. */
export async function restoreHeldVerdicts(tx: Transaction, held: readonly number[]): Promise<number[]> {
  if (held.length === 0) return []
  const rows = await tx.execute<{ run_id: number }>(sql`
    with still as materialized (
      select x.artifact_id, x.position, x.source_key, x.object_type, x.run_id from runs h join runs o on o.job_id = h.job_id and o.run_id > h.run_id and not o.is_preview
        join rejected_records x on x.run_id = o.run_id
      where h.run_id = any(${intArray(held)}) and exists (select from rejections v where v.rejected_id = x.rejected_id and v.replaced_by_run_id is null)),
    back as materialized (
      select x.rejected_id from rejected_records x where x.run_id = any(${intArray(held)})
        and (x.artifact_id, x.position) not in (select artifact_id, position from still)
        and (x.source_key, x.object_type) not in (select source_key, object_type from still where source_key <> '')),
    restored as (
      update rejections r set replaced_by_run_id = null from back b where r.rejected_id = b.rejected_id and r.replaced_by_run_id is not null returning r.run_id)
    select distinct run_id from restored`)
  return rows.map(({ run_id }) => run_id)
}

/** `closedAt`, `closedByRunId`: the proof that was withdrawn. */
export type ReopenedException = { exceptionId: number; closedAt: string; closedByRunId: number | null }

/**
 * Exceptions whose proof was withdrawn are open again: those with records that wait again, controls that the run had closed, and those of loads
 * that are `held` again. Where the same cause is open under a newer number, its records go there.
 */
export async function reopenUnproven(
  tx: Transaction,
  { withdrawnRunId, held }: { withdrawnRunId: number; held: readonly number[] },
): Promise<ReopenedException[]> {
  const waits = sql`exists (select from rejections r where r.exception_id = e.exception_id and r.replaced_by_run_id is null)`
  const wasProved = sql`e.failure_class = 'control' and e.closed_by_run_id = ${withdrawnRunId}
    and (e.code in ${WITHOUT_CLAIM} or exists (select from claims c where c.exception_id = e.exception_id))`
  const holdsAgain = sql`e.failure_class = 'control' and (exists (select from claims c where c.exception_id = e.exception_id and c.run_id = any(${intArray(held)}))
    or e.code in ${WITHOUT_CLAIM} and exists (select from runs h where h.run_id = any(${intArray(held)}) and h.run_id between e.opened_run_id and e.last_run_id))`
  const isOfTheirJob = sql`e.job_id in (select job_id from runs where run_id = any(${intArray([withdrawnRunId, ...held])}))`
  const reopened = await tx.execute<ReopenedException>(sql`
    with unproven as materialized (
      select distinct on (e.fingerprint) e.exception_id, e.closed_at, e.closed_by_run_id from exceptions e
      where ${isOfTheirJob} and e.closed_at is not null and (${waits} or ${wasProved} or ${holdsAgain})
        and not exists (select from exceptions o where o.fingerprint = e.fingerprint and o.closed_at is null) order by e.fingerprint, e.exception_id desc)
    update exceptions x set closed_at = null, closed_by_run_id = null from unproven u where x.exception_id = u.exception_id
    returning u.exception_id as "exceptionId", ${iso(sql`u.closed_at`)} as "closedAt", u.closed_by_run_id as "closedByRunId"`)
  await tx.execute(sql`
    update rejections r set exception_id = o.exception_id from exceptions e join exceptions o on o.fingerprint = e.fingerprint and o.closed_at is null
    where ${isOfTheirJob} and e.closed_at is not null and r.exception_id = e.exception_id and r.replaced_by_run_id is null`)
  return [...reopened]
}
