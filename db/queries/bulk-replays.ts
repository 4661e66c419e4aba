import { eq, sql, type SQL } from 'drizzle-orm'
import type { BulkReplayStatus, ReplayBasis, ReplayResult } from '#server/domain/bulk-replay.ts'
import type { Queryable, Transaction } from '../client.ts'
import { bulkReplays } from '../schema/bulk-replays.ts'
import { chosenRecords, type SelectionRequest } from './bulk-selection.ts'

export type BulkReplay = typeof bulkReplays.$inferSelect

/** Keeps the selection as it stands, in one statement. Returns how many records it has. */
export async function insertBulkReplay(
  tx: Transaction,
  request: SelectionRequest & { readonly requestedBy: string },
): Promise<{ bulkReplayId: number; records: number }> {
  const { asked, rules, intoClosed, scope, requestedBy } = request
  const [made] = await tx
    .insert(bulkReplays)
    .values({ status: 'rehearsing', asked, rules, intoClosed, requestedBy, entityScope: [...scope], basis: {} })
    .returning({ bulkReplayId: bulkReplays.bulkReplayId })
  const { bulkReplayId } = made!
  const [kept] = await tx.execute<{ records: number }>(sql`
    with ${chosenRecords(request)},
    planned as (
      insert into bulk_replay_runs (bulk_replay_id, origin_run_id, is_whole, root_run_id)
      select distinct ${bulkReplayId}::int, run_id, is_whole, root_run_id from chosen),
    kept as (
      insert into bulk_replay_records (bulk_replay_id, rejected_id, origin_run_id, exception_id, code, field, value, is_widened, rehearsed, rehearsed_why, result, why)
      select ${bulkReplayId}::int, rejected_id, run_id, exception_id, code, field, value, is_widened, excluded, why, excluded, why from chosen)
    select count(*)::int as records from chosen`)
  if (intoClosed) await keepClosedPeriods(tx, bulkReplayId)
  return { bulkReplayId, records: kept!.records }
}

/** The closed periods that somebody else is asked to open for it: of the records, and of every slice of a held load. */
async function keepClosedPeriods(tx: Transaction, bulkReplayId: number): Promise<void> {
  await tx.execute(sql`
    update bulk_replays b set closed_periods = (
      select coalesce(array_agg(distinct t.entity || ' ' || t.period), '{}') from (
        select u.origin_run_id, x.entity, x.period from bulk_replay_runs u join bulk_replay_records r using (bulk_replay_id, origin_run_id) cross join ${recordOf}
          where u.bulk_replay_id = b.bulk_replay_id and r.result is null and not u.is_whole
        union select u.origin_run_id, c.entity, c.period from bulk_replay_runs u join control_totals c on c.run_id = u.origin_run_id and c.checkpoint in ('extracted', 'corrected')
          where u.bulk_replay_id = b.bulk_replay_id and u.is_whole and exists (
            select from bulk_replay_records r where r.bulk_replay_id = u.bulk_replay_id and r.origin_run_id = u.origin_run_id and r.result is null)) t
        join runs n on n.run_id = t.origin_run_id join jobs j on j.job_id = n.job_id
        join job_versions v on v.job_id = j.job_id and v.version = case when b.rules = 'original' then n.job_version else j.current_version end
        join period_states s on (s.entity, s.period) = (t.entity, t.period)
          and (s.state = 'closed' or s.state = 'soft_closed' and v.definition->'rules'->>'softClosed' = 'reject'))
    where b.bulk_replay_id = ${bulkReplayId}`)
}

/** The rejected record of `r`, a record of a selection: looked up one by one, whatever the planner knows of a selection just kept. */
export const recordOf: SQL = sql`lateral (select * from rejected_records where rejected_id = r.rejected_id offset 0) x`

/** The runs that brought the last publications of the jobs of the selection: their rehearsal says what today's rules make of them. */
export async function planPublications(tx: Transaction, bulkReplayId: number, count: number): Promise<void> {
  await tx.execute(sql`
    insert into bulk_replay_runs (bulk_replay_id, origin_run_id, is_publication, is_whole, root_run_id)
    select ${bulkReplayId}::int, p.run_id, true, true, root_run(p.run_id) from (
      select distinct n.job_id from bulk_replay_runs u join runs n on n.run_id = u.origin_run_id where u.bulk_replay_id = ${bulkReplayId}) jobs
      cross join lateral (
        select n.run_id from runs n where n.job_id = jobs.job_id and n.publication is not null and n.trigger <> 'rollback' and not n.is_partial
        order by n.publication desc limit ${count}) p`)
}

export async function findBulkReplay(db: Queryable, bulkReplayId: number): Promise<BulkReplay | null> {
  const [row] = await db.select().from(bulkReplays).where(eq(bulkReplays.bulkReplayId, bulkReplayId))
  return row ?? null
}

/** Locked until the transaction ends: one process at a time moves it on. */
export async function lockBulkReplay(tx: Transaction, bulkReplayId: number): Promise<BulkReplay | null> {
  const [row] = await tx.select().from(bulkReplays).where(eq(bulkReplays.bulkReplayId, bulkReplayId)).for('update')
  return row ?? null
}

export async function changeBulkReplay(
  tx: Transaction,
  bulkReplayId: number,
  change: Partial<typeof bulkReplays.$inferInsert>,
): Promise<void> {
  await tx.update(bulkReplays).set(change).where(eq(bulkReplays.bulkReplayId, bulkReplayId))
}

/** What the judgement of the selection depends on, as it stands. */
export async function readBasis(db: Queryable, bulkReplayId: number): Promise<ReplayBasis> {
  const [row] = await db.execute<{ basis: ReplayBasis | null }>(sql`
    with touched as (
      select distinct j.job_id, j.name, j.system_id, j.current_version, s.code from bulk_replay_runs u join runs n on n.run_id = u.origin_run_id
        join jobs j on j.job_id = n.job_id join systems s on s.system_id = j.system_id where u.bulk_replay_id = ${bulkReplayId})
    select jsonb_object_agg(part, stand) as basis from (
      select 'job ' || name as part, current_version::text as stand from touched
      union select 'mapping of ' || code, coalesce((select max(version) from mapping_versions m where m.system_id = t.system_id), 0)::text from touched t
      union select 'publications of ' || code, coalesce((select max(publication) from publications p where p.system_id = t.system_id), 0)::text from touched t
      union select 'corrections of ' || name, md5(coalesce((select string_agg(c.correction_id::text, ',' order by c.correction_id) from corrections c
        where c.job_id = t.job_id and c.state = 'active'), '')) from touched t
      union select 'members', coalesce((select max(loaded_at_pub) from members), 0)::text
      union select 'periods', md5(coalesce((select string_agg(concat_ws(' ', entity, period, state), ',' order by entity, period) from period_states), ''))) parts`)
  return row!.basis ?? {}
}

/** Bulk replays that somebody must move on; a task that was forgotten is given again. */
export async function listBulkReplaysUnderWay(db: Queryable): Promise<number[]> {
  const rows = await db.execute<{ id: number }>(
    sql`select bulk_replay_id as id from bulk_replays where status in ('rehearsing', 'running', 'aborting') order by 1`,
  )
  return rows.map((row) => row.id)
}

export type Pass = 'rehearsed' | 'result'

/** Rehearsal or the real thing: the columns in which it is written down. */
export const columnsOf = (pass: Pass) =>
  pass === 'rehearsed'
    ? { result: sql`rehearsed`, why: sql`rehearsed_why`, run: sql`rehearsal_run_id` }
    : { result: sql`result`, why: sql`why`, run: sql`run_id` }

export const passOf = (status: BulkReplayStatus): Pass => (status === 'rehearsing' ? 'rehearsed' : 'result')

export type PlannedRun = {
  originRunId: number
  isPublication: boolean
  isWhole: boolean
  runId: number | null
  runStatus: string | null
}

/** The run that is under way, or else the next one to be made: of those that have records left, the oldest data first. */
export async function findNextRun(tx: Transaction, bulkReplayId: number, pass: Pass): Promise<PlannedRun | null> {
  const { result, run } = columnsOf(pass)
  const [row] = await tx.execute<PlannedRun>(sql`
    select u.origin_run_id as "originRunId", u.is_publication as "isPublication", u.is_whole as "isWhole", n.run_id as "runId", n.status as "runStatus"
    from bulk_replay_runs u left join runs n on n.run_id = u.${run}
    where u.bulk_replay_id = ${bulkReplayId} and (n.status in ('blocked', 'queued', 'running', 'waiting') or (n.run_id is null and (
      u.is_publication and ${pass === 'rehearsed'} or not u.is_publication and exists (
        select from bulk_replay_records r where r.bulk_replay_id = u.bulk_replay_id and r.origin_run_id = u.origin_run_id and r.${result} is null))))
    order by n.run_id nulls last, u.is_publication, u.root_run_id, u.origin_run_id limit 1`)
  return row ?? null
}

export async function noteRun(
  tx: Transaction,
  planned: { bulkReplayId: number; originRunId: number; isPublication: boolean },
  pass: Pass,
  runId: number,
): Promise<void> {
  const { run } = columnsOf(pass)
  await tx.execute(sql`
    update bulk_replay_runs set ${run} = ${runId}
    where bulk_replay_id = ${planned.bulkReplayId} and origin_run_id = ${planned.originRunId} and is_publication = ${planned.isPublication}`)
}

/** What is left without a result gets this one: of the runs that ended without judging it, or of all. */
export async function leaveRecords(
  tx: Transaction,
  bulkReplayId: number,
  pass: Pass,
  { result: given, why: reason, of = sql`true` }: { result: 'skipped' | 'not_allowed'; why: string; of?: SQL },
): Promise<void> {
  const { result, why, run } = columnsOf(pass)
  await tx.execute(sql`
    update bulk_replay_records r set ${result} = ${given}, ${why} = ${reason} || coalesce(' ' || u.${run}, '') from bulk_replay_runs u
    where r.bulk_replay_id = ${bulkReplayId} and r.${result} is null and u.bulk_replay_id = r.bulk_replay_id and u.origin_run_id = r.origin_run_id
      and not u.is_publication and ${of}`)
}

/** For leaveRecords: those of a run that ended without judging them. Runs that judge write the results as they end. */
export const ofEndedRuns = (pass: Pass): SQL => sql`exists (
  select from runs n where n.run_id = u.${columnsOf(pass).run} and n.status in ('succeeded', 'held', 'failed', 'cancelled', 'rehearsed'))`

export const ofOrigin = (originRunId: number): SQL => sql`u.origin_run_id = ${originRunId}`

export type ReplayCounts = Record<ReplayResult, number> & { open: number }

/** The five results of a pass, and how many records have none yet: counted from the rows. */
export async function countResults(db: Queryable, bulkReplayId: number, pass: Pass): Promise<ReplayCounts> {
  const rows = await db.execute<{ result: ReplayResult | null; n: number }>(sql`
    select ${columnsOf(pass).result} as result, count(*)::int as n from bulk_replay_records where bulk_replay_id = ${bulkReplayId} group by 1`)
  const of = (result: ReplayResult | null) => rows.find((row) => row.result === result)?.n ?? 0
  return {
    fixed: of('fixed'),
    still_failing: of('still_failing'),
    failing_differently: of('failing_differently'),
    skipped: of('skipped'),
    not_allowed: of('not_allowed'),
    open: of(null),
  }
}

/** Records of jobs that were paused meanwhile. */
export async function leavePaused(tx: Transaction, bulkReplayId: number, originRunId: number, pass: Pass): Promise<boolean> {
  const { result, why } = columnsOf(pass)
  const rows = await tx.execute(sql`
    update bulk_replay_records r set ${result} = 'not_allowed', ${why} = 'job_paused' from runs n join jobs j on j.job_id = n.job_id
    where r.bulk_replay_id = ${bulkReplayId} and r.origin_run_id = ${originRunId} and r.${result} is null and n.run_id = r.origin_run_id and j.paused_at is not null
    returning 1`)
  return rows.length > 0
}

/** A partial replay reads the artifacts in which selected records are. */
export async function copySelectedArtifacts(tx: Transaction, bulkReplayId: number, from: number, to: number): Promise<number> {
  const rows = await tx.execute(sql`
    insert into run_artifacts (run_id, seq, artifact_id, name, cursor, received_at)
    select ${to}, min(a.seq), a.artifact_id, min(a.name), min(a.cursor), min(a.received_at) from run_artifacts a
    where a.run_id = ${from} and a.artifact_id = any(array(
      select distinct x.artifact_id from bulk_replay_records r
        cross join ${recordOf}
      where r.bulk_replay_id = ${bulkReplayId} and r.origin_run_id = ${from}))
    group by a.artifact_id returning 1`)
  return rows.length
}

/** Exceptions whose records are selected. */
export async function listTouchedExceptions(db: Queryable, bulkReplayId: number): Promise<number[]> {
  const rows = await db.execute<{ id: number }>(
    sql`select distinct exception_id as id from bulk_replay_records where bulk_replay_id = ${bulkReplayId} order by 1`,
  )
  return rows.map((row) => row.id)
}
