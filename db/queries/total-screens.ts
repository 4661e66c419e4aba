import { sql } from 'drizzle-orm'
import { LINE_TYPES, type ObjectType } from '#server/domain/record.ts'
import type { RunStatus } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { heldRuns } from './held.ts'
import { matchesTotal, type TotalsFilter } from './totals.ts'
import { hadEnded, matchesWaiting, sumByCurrency, type WaitingSum } from './waiting.ts'

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

/** What passed in loads that are held still, and is not published. */
export async function listHeld(db: Queryable, filter: TotalsFilter): Promise<HeldSlice[]> {
  const rows = await db.execute<HeldSlice>(sql`
    select s.code as system, t.object_type as "objectType", t.entity, t.period, t.version, t.currency, t.run_id as "runId", t.count::int as records,
      t.debit::text as debit, t.credit::text as credit
    from ${HELD} where ${isHeld(filter)} order by t.run_id desc, t.entity, t.period, t.version, t.currency, t.object_type`)
  return [...rows]
}

const HELD = sql`control_totals t join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id`
const isHeld = (filter: TotalsFilter) =>
  sql`t.checkpoint = 'accepted' and t.object_type in ${LINE_TYPES as readonly ObjectType[]} and ${matchesTotal(filter)} and r.run_id in ${heldRuns(['*'])}`

/** What listHeld lists, per currency: debit and credit without their signs. */
export const sumHeld = (db: Queryable, filter: TotalsFilter): Promise<WaitingSum[]> =>
  sumByCurrency(db, sql`sum(t.count)`, sql`${HELD} where ${isHeld(filter)}`)

export type Measure = 'records' | 'debit' | 'credit' | 'net'

/**
 * One measure of a slice at each checkpoint of the last run of a job that covered it. A run that was withdrawn counts only
 * where there is no other: what stands is what the run before it brought.
 */
export type CheckpointRow = Slice & {
  runId: number
  job: string
  status: RunStatus
  publication: number | null
  withdrawn: boolean
  /** A later run that was withdrawn. */
  withdrawnRunId: number | null
  extracted: string
  accepted: string
  rejected: string
  duplicate: string
  loaded: string
  /** What was judged minus what the source said, of records that somebody corrected. */
  corrected: string
  /** Of the run's rejected records here: those that no later run judged again. Records, whatever the measure. */
  waiting: number
}

/** `isPast`: runs that had ended when that publication was the newest. Now, it is the last that was published: what comes while it is read is left out. */
export type Moment = { readonly publication: number; readonly isPast: boolean }

export async function listCheckpoints(
  db: Queryable,
  filter: TotalsFilter,
  measure: Measure,
  moment: Moment,
): Promise<CheckpointRow[]> {
  const { rows, waits } = await findCheckpoints(db, { filter, measure, moment }, WAITS)
  const waiting = new Map(waits.map((slice) => [checkpointKey(slice), slice.records]))
  return rows.map((row) => Object.assign(row, { waiting: waiting.get(checkpointKey(row)) ?? 0 }))
}

/** The same without what waits: of a hundred thousand rejected records the counting takes longer than the figures. */
export async function listCheckpointFigures(
  db: Queryable,
  filter: TotalsFilter,
  measure: Measure,
  moment: Moment,
): Promise<CheckpointFigures[]> {
  return (await findCheckpoints(db, { filter, measure, moment }, sql`'[]'::json`)).rows
}

export type CheckpointFigures = Omit<CheckpointRow, 'waiting'>

const WAITS = sql`coalesce((select json_agg(w) from (
      select x.run_id as "runId", x.object_type as "objectType", x.entity, x.period, x.version, x.currency, count(*)::int as records from rejected_records x
      where exists (select from rejections rj where rj.rejected_id = x.rejected_id and rj.replaced_by_run_id is null) group by 1, 2, 3, 4, 5, 6) w), '[]')`

async function findCheckpoints(
  db: Queryable,
  { filter, measure, moment }: { filter: TotalsFilter; measure: Measure; moment: Moment },
  waits: ReturnType<typeof sql>,
): Promise<{ rows: CheckpointFigures[]; waits: (CheckpointKey & { records: number })[] }> {
  const { publication, isPast } = moment
  const isThere = isPast ? hadEnded(sql`r`, publication) : sql`(r.publication is null or r.publication <= ${publication})`
  const value = { records: sql`t.count`, debit: sql`t.debit`, credit: sql`t.credit`, net: sql`t.debit - t.credit` }[measure]
  const at = (checkpoint: string) => sql`coalesce(sum(${value}) filter (where t.checkpoint = ${checkpoint}), 0)`
  const slice = sql`t.object_type, t.entity, t.period, t.version, t.currency`
  // The sums come first and by hash: grouping the joined rows sorted three thousand of them by ten texts, two thirds of the time.
  // The last run is found by a window that sorts by a number and never by a join of two sums: of those the planner knows no size,
  // and before the tables are analysed it compared each with each, a second and a half for 1,728 slices.
  // As one JSON text: the driver takes longer to hand over fifteen thousand values than the database to find them.
  const [found] = await db.execute<{ rows: CheckpointFigures[]; waits: (CheckpointKey & { records: number })[] }>(sql`
    with recursive withdrawn as (${standingWithdrawals(publication)}),
    covered as (
      select r.run_id, r.job_id, r.status, coalesce(r.publication in (select withdraws from withdrawn), false) as is_withdrawn, r.publication, ${slice},
        ${at('extracted')} as extracted, ${at('accepted')} as accepted, ${at('rejected')} as rejected, ${at('duplicate')} as duplicate, ${at('loaded')} as loaded, ${at('corrected')} as corrected
      from control_totals t join runs r on r.run_id = t.run_id join jobs j on j.job_id = r.job_id join systems s on s.system_id = j.system_id
      where r.status in ('succeeded', 'held') and not r.is_preview and r.trigger <> 'rollback'
        and t.object_type in ${LINE_TYPES as readonly ObjectType[]} and ${matchesTotal(filter)} and ${isThere}
      group by r.run_id, ${slice} having bool_or(t.checkpoint in ('extracted', 'corrected'))),
    judged as (
      select t.*, max(run_id) filter (where not is_withdrawn) over same as standing, max(run_id) over same as newest, max(run_id) filter (where is_withdrawn) over same as withdrawn_run
      from covered t window same as (partition by job_id, hashtextextended(concat_ws(' ', ${slice}), 0), ${slice}))
    select ${waits} as waits, coalesce(json_agg(q), '[]') as rows from (
    select s.code as system, t.object_type as "objectType", t.entity, t.period, t.version, t.currency, t.run_id as "runId", j.name as job, t.status, t.publication,
      t.is_withdrawn as withdrawn, case when t.withdrawn_run > t.run_id then t.withdrawn_run end as "withdrawnRunId",
      t.extracted::text as extracted, t.accepted::text as accepted, t.rejected::text as rejected, t.duplicate::text as duplicate, t.loaded::text as loaded, t.corrected::text as corrected
    from judged t join jobs j on j.job_id = t.job_id join systems s on s.system_id = j.system_id where t.run_id = coalesce(t.standing, t.newest)) q`)
  return found!
}

type CheckpointKey = Pick<CheckpointRow, 'runId' | 'objectType' | 'entity' | 'period' | 'version' | 'currency'>
const checkpointKey = ({ runId, objectType, entity, period, version, currency }: CheckpointKey) =>
  `${runId}\u0000${objectType}\u0000${entity}\u0000${period}\u0000${version}\u0000${currency}`

/** Withdrawals nobody withdrew: from the last ones down, each second one stands again. For the place of a recursive `withdrawn`. */
const standingWithdrawals = (publication: number) => {
  const known = (of: string) => sql`${sql.identifier(of)}.publication <= ${publication}`
  return sql`
      select w.publication, w.withdraws from publications w
      where w.withdraws is not null and ${known('w')} and not exists (select from publications x where x.withdraws = w.publication and ${known('x')})
      union all
      select w.publication, w.withdraws from withdrawn s join publications p on p.publication = s.withdraws join publications w on w.publication = p.withdraws
      where w.withdraws is not null`
}

/** Currencies, kinds and systems of what is published as of a publication: the choices of the filters. */
export type TotalChoices = { currencies: string[]; objectTypes: ObjectType[]; systems: string[] }

export async function listTotalChoices(db: Queryable, scope: readonly string[], asOf: number): Promise<TotalChoices> {
  const [row] = await db.execute<TotalChoices>(sql`
    with there as (
      select distinct t.currency, t.object_type, s.code from slice_totals t join systems s on s.system_id = t.system_id
      where t.loaded_at_pub <= ${asOf} and (t.superseded_at_pub is null or t.superseded_at_pub > ${asOf}) and ${matchesTotal({ scope })})
    select coalesce((select array_agg(distinct currency order by currency) from there), '{}') as currencies,
      coalesce((select array_agg(distinct object_type order by object_type) from there), '{}') as "objectTypes",
      coalesce((select array_agg(distinct code order by code) from there), '{}') as systems`)
  return row!
}
