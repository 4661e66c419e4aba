import { sql } from 'drizzle-orm'
import { LINE_TYPES, type ObjectType } from '#server/domain/record.ts'
import type { RunStatus } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { matchesTotal, type TotalsFilter } from './totals.ts'
import { matchesWaiting, momentOf } from './waiting.ts'

/** Decimal strings in units of the currency; net = debit - credit. */
export type KindTotal = { objectType: ObjectType; currency: string; count: number; debit: string; credit: string; net: string }

/** What the rollup says of these slices as of a publication: never over two kinds of lines, never over two currencies. */
export async function sumPublishedTotals(db: Queryable, filter: TotalsFilter, asOf: number): Promise<KindTotal[]> {
  const rows = await db.execute<Omit<KindTotal, 'count'> & { count: string }>(sql`
    select t.object_type as "objectType", t.currency, sum(t.count)::text as count, sum(t.debit)::text as debit, sum(t.credit)::text as credit, sum(t.debit - t.credit)::text as net
    from slice_totals t join systems s on s.system_id = t.system_id
    where t.loaded_at_pub <= ${asOf} and (t.superseded_at_pub is null or t.superseded_at_pub > ${asOf}) and ${matchesTotal(filter)} group by 1, 2 order by 2, 1`)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

type Slice = { system: string; objectType: ObjectType; entity: string; period: string; version: string; currency: string }

/** Decimal strings in units of the currency. `onlyRunId`: the run, where all of it is of one. */
export type WaitingSlice = Slice & { records: number; debit: string; credit: string; onlyRunId: number | null }

/**
 * Records that did not pass and that no later run judged again, per slice. `asOf`: as it stood at that publication;
 * undefined is now.
 */
export async function listWaitingRejected(db: Queryable, filter: TotalsFilter, asOf?: number): Promise<WaitingSlice[]> {
  const rows = await db.execute<WaitingSlice>(sql`
    select s.code as system, t.object_type as "objectType", t.entity, t.period, t.version, t.currency, count(*)::int as records,
      sum(abs(t.debit))::text as debit, sum(abs(t.credit))::text as credit, case when min(t.run_id) = max(t.run_id) then min(t.run_id) end as "onlyRunId"
    from rejected_records t join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id
    where t.object_type in ${LINE_TYPES as readonly ObjectType[]} and ${matchesWaiting(filter, asOf)}
    group by 1, 2, 3, 4, 5, 6`)
  return [...rows]
}

export type HeldSlice = Slice & { runId: number; records: number; debit: string; credit: string }

/** What passed in runs that are held, and is not published. Held: an exception the run was the last to see is still open. */
export async function listHeld(db: Queryable, filter: TotalsFilter): Promise<HeldSlice[]> {
  const rows = await db.execute<HeldSlice>(sql`
    select s.code as system, t.object_type as "objectType", t.entity, t.period, t.version, t.currency, t.run_id as "runId", t.count::int as records,
      t.debit::text as debit, t.credit::text as credit
    from ${HELD} where ${isHeld(filter)} order by t.run_id desc, t.entity, t.period, t.version, t.currency, t.object_type`)
  return [...rows]
}

const HELD = sql`control_totals t join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id`
const isHeld = (filter: TotalsFilter) =>
  sql`t.checkpoint = 'accepted' and r.status = 'held' and not r.is_preview and t.object_type in ${LINE_TYPES as readonly ObjectType[]} and ${matchesTotal(filter)}
      and r.run_id in (select e.last_run_id from exceptions e where e.closed_at is null)`

/** What listHeld lists, per currency: debit and credit without their signs. */
export async function sumHeld(
  db: Queryable,
  filter: TotalsFilter,
): Promise<{ currency: string; count: number; debit: string; credit: string }[]> {
  const rows = await db.execute<{ currency: string; count: number; debit: string; credit: string }>(sql`
    select t.currency, sum(t.count)::int as count, sum(abs(t.debit))::text as debit, sum(abs(t.credit))::text as credit
    from ${HELD} where ${isHeld(filter)} group by 1 order by 1`)
  return [...rows]
}

export type Measure = 'records' | 'debit' | 'credit' | 'net'

/** One measure of a slice at each checkpoint of the last run of a job that covered it. */
export type CheckpointRow = Slice & {
  runId: number
  job: string
  status: RunStatus
  publication: number | null
  withdrawn: boolean
  extracted: string
  accepted: string
  rejected: string
  duplicate: string
  loaded: string
  /** Of the run's rejected records here: those that no later run judged again. Records, whatever the measure. */
  waiting: number
}

/** `asOf`: runs that had ended when that publication was the newest; undefined is now. */
export async function listCheckpoints(
  db: Queryable,
  filter: TotalsFilter,
  measure: Measure,
  asOf?: number,
): Promise<CheckpointRow[]> {
  const value = { records: sql`t.count`, debit: sql`t.debit`, credit: sql`t.credit`, net: sql`t.debit - t.credit` }[measure]
  const at = (checkpoint: string) => sql`coalesce(sum(${value}) filter (where t.checkpoint = ${checkpoint}), 0)::text`
  const rows = await db.execute<CheckpointRow>(sql`
    with last as (
      select r.job_id, t.object_type, t.entity, t.period, t.version, t.currency, max(t.run_id) as run_id
      from control_totals t join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id
      where t.checkpoint = 'extracted' and r.status in ('succeeded', 'held') and not r.is_preview and r.trigger <> 'rollback'
        and t.object_type in ${LINE_TYPES as readonly ObjectType[]} and ${matchesTotal(filter)} and ${asOf === undefined ? sql`true` : sql`r.finished_at <= ${momentOf(asOf)}`}
      group by 1, 2, 3, 4, 5, 6)
    select s.code as system, t.object_type as "objectType", t.entity, t.period, t.version, t.currency, t.run_id as "runId", j.name as job, r.status, r.publication,
      exists (select from publications w where w.withdraws = r.publication ${asOf === undefined ? sql`` : sql`and w.publication <= ${asOf}`}) as withdrawn,
      ${at('extracted')} as extracted, ${at('accepted')} as accepted, ${at('rejected')} as rejected, ${at('duplicate')} as duplicate, ${at('loaded')} as loaded,
      (select count(*)::int from rejected_records x where x.run_id = t.run_id and (x.object_type, x.entity, x.period, x.version, x.currency) = (t.object_type, t.entity, t.period, t.version, t.currency)
        and exists (select from rejections rj where rj.rejected_id = x.rejected_id and rj.replaced_by_run_id is null)) as waiting
    from last l join control_totals t on (t.run_id, t.object_type, t.entity, t.period, t.version, t.currency) = (l.run_id, l.object_type, l.entity, l.period, l.version, l.currency)
      join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id
    group by s.code, t.object_type, t.entity, t.period, t.version, t.currency, t.run_id, j.name, r.status, r.publication`)
  return [...rows]
}
