import { sql, type SQL } from 'drizzle-orm'
import type { ObjectType } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import { columnsOf, recordOf, type Pass } from '../queries/bulk-replays.ts'
import { newerOfKey, newerOfSlice } from '../queries/bulk-selection.ts'
import { diffOf, placeOf } from './places.ts'
import { isMissing, leftByStatements, type Reach } from './missing.ts'
import { newestPublicationOf } from './publish.ts'
import { spannedLines } from './repeats.ts'
import type { LoadScope } from './settle-lines.ts'

/** What a run of a bulk replay is there for. */
export type Part = {
  readonly bulkReplayId: number
  readonly originRunId: number
  readonly pass: Pass
  readonly isPublication: boolean
  /** Reads the selected records and no others. */
  readonly isPartial: boolean
  readonly hasOriginalRules: boolean
  /** `entity period` that are closed and may be changed all the same: a second person approved. */
  readonly openedPeriods: readonly string[]
}

type PartOf = {
  readonly runId: number
  readonly bulkReplayId: number | null
  readonly isPreview: boolean
  readonly isPartial: boolean
}

export async function findPart(db: Queryable, run: PartOf): Promise<Part | null> {
  if (run.bulkReplayId === null) return null
  const pass: Pass = run.isPreview ? 'rehearsed' : 'result'
  const { run: made } = columnsOf(pass)
  const [row] = await db.execute<Omit<Part, 'bulkReplayId' | 'pass' | 'isPartial'>>(sql`
    select u.origin_run_id as "originRunId", u.is_publication as "isPublication", b.rules = 'original' as "hasOriginalRules",
      case when ${run.isPreview} or b.is_approved then b.closed_periods else '{}' end as "openedPeriods"
    from bulk_replay_runs u join bulk_replays b on b.bulk_replay_id = u.bulk_replay_id where u.bulk_replay_id = ${run.bulkReplayId} and u.${made} = ${run.runId}`)
  return row ? { ...row, bulkReplayId: run.bulkReplayId, pass, isPartial: run.isPartial } : null
}

/** Selected records of the run that have no result yet. Of a query with records of the selection as `r`. */
const open = ({ bulkReplayId, originRunId, pass }: Part): SQL =>
  sql`r.bulk_replay_id = ${bulkReplayId} and r.origin_run_id = ${originRunId} and r.${columnsOf(pass).result} is null`

/**
 * Records that newer data covers are left: replaying them would put old values back. Of a held load all are, or none. So are those that
 * another run judged again since they were selected, other than one of the same replay, whose earlier loads bring the same keys: they
 * wait where that run put them, and would be counted twice. Returns the newest publication of the system up to which this was looked at,
 * and whether anything is left to replay.
 */
export async function leaveOvertaken(
  db: Queryable,
  part: Part,
  systemId: number,
  isFull: boolean,
): Promise<{ lookedAt: number; isLeft: boolean }> {
  const lookedAt = await newestPublicationOf(db, systemId)
  const { result, why } = columnsOf(part.pass)
  const [root] = await db.execute<{ id: number; asOf: number }>(sql`
    select run_id as id, coalesce(as_of_publication, 0) as "asOf" from runs where run_id = root_run(${part.originRunId})`)
  const origin = sql`(select ${part.originRunId}::int as run_id, ${systemId}::int as system_id, ${root!.id}::int as root_run_id, ${root!.asOf}::int as as_of) o`
  // Asked of each record by itself: of a selection just kept the planner knows nothing, and would join everything with everything.
  const newer = part.isPartial
    ? sql`(select coalesce(${newerOfKey}, ${isFull ? sql`(select ${newerOfSlice} from ${origin} cross join (select w.object_type, w.entity, w.period, w.version) c)` : sql`null`})
        from (select x.*, o.root_run_id, o.as_of, o.system_id from rejected_records x cross join ${origin} where x.rejected_id = r.rejected_id) w)`
    : sql`(select max(${newerOfSlice}) from ${origin} join (
        select distinct run_id, object_type, entity, period, version from control_totals where checkpoint = 'extracted') c on c.run_id = o.run_id)`
  const late = await db.execute(sql`
    update bulk_replay_records r set ${result} = 'skipped', ${why} = 'overtaken ' || ${newer} where ${open(part)} and ${newer} is not null returning 1`)
  const again = await db.execute(sql`
    update bulk_replay_records r set ${result} = 'skipped', ${why} = 'judged_again ' || (select max(replaced_by_run_id) from rejections where rejected_id = r.rejected_id)
    where ${open(part)} and not exists (select from rejections v where v.rejected_id = r.rejected_id
      and (v.replaced_by_run_id is null or v.replaced_by_run_id = any(array(select run_id from runs where bulk_replay_id = ${part.bulkReplayId}))) offset 0) returning 1`)
  if (late.length + again.length > 0 && part.isPartial) await db.transaction((tx) => leaveDocuments(tx, part))
  const [row] = await db.execute<{ left: boolean }>(
    sql`select exists (select from bulk_replay_records r where ${open(part)}) as left`,
  )
  return { lookedAt, isLeft: row!.left }
}

/** A document is judged whole or not at all: with a record of it that is left, the others are. */
async function leaveDocuments(tx: Transaction, part: Part): Promise<void> {
  const { result, why } = columnsOf(part.pass)
  const isLeft = sql`(r.${why} like 'overtaken %' or r.${why} like 'judged_again %')`
  // Of a selection just kept the planner knows nothing, takes it for a few, and compares each with every other.
  await tx.execute(sql`set local enable_nestloop = off`)
  await tx.execute(sql`
    with late as materialized (
      select unnest(array_agg(r.rejected_id) filter (where r.${result} is null)) as rejected_id, max(r.${why}) filter (where ${isLeft}) as why
      from bulk_replay_records r cross join ${recordOf}
      where r.bulk_replay_id = ${part.bulkReplayId} and r.origin_run_id = ${part.originRunId} and x.document is not null
      group by x.entity, x.document having bool_or(${isLeft}))
    update bulk_replay_records r set ${result} = 'skipped', ${why} = late.why from late where ${open(part)} and r.rejected_id = late.rejected_id`)
  await tx.execute(sql`set local enable_nestloop = on`)
}

const POSITIONS_A_PAGE = 20_000

/** Where the selected records of one artifact are, in their order: four bytes each. */
export async function readSelectedPositions(
  db: Queryable,
  part: Part,
  artifactId: number,
): Promise<ReadonlyMap<ObjectType, Int32Array>> {
  const found = new Map<ObjectType, Int32Array>()
  for (let after = { type: '', position: -1 }; ; ) {
    const rows = await db.execute<{ type: ObjectType; position: number }>(sql`
      select distinct x.object_type as type, x.position from bulk_replay_records r cross join ${recordOf}
      where ${open(part)} and x.artifact_id = ${artifactId} and (x.object_type, x.position) > (${after.type}, ${after.position}::int)
      order by 1, 2 limit ${POSITIONS_A_PAGE}`)
    for (const type of new Set(rows.map((row) => row.type))) {
      const page = rows.filter((row) => row.type === type).map((row) => row.position)
      const before = found.get(type) ?? new Int32Array()
      const all = new Int32Array(before.length + page.length)
      all.set(before)
      all.set(page, before.length)
      found.set(type, all)
    }
    const last = rows.at(-1)
    if (!last || rows.length < POSITIONS_A_PAGE) return found
    after = last
  }
}

/**
 * What became of each selected record, from the rows of the run that is about to end: in its transaction, while the load's own
 * place is there. A record the job no longer finds where it was is left, and its exception with it.
 */
export async function settleSelection(tx: Transaction, part: Part, { loadId, runId }: LoadScope, isHeld: boolean): Promise<void> {
  const { result, why } = columnsOf(part.pass)
  const here = (table: SQL) => sql`(${table}.artifact_id, ${table}.position) = (x.artifact_id, x.position)`
  await tx.execute(sql`select index_load_positions(${loadId})`)
  const passes = sql`(exists (select from ${placeOf(loadId)} p where ${here(sql`p`)})
    or exists (select from repeats p where p.load_id = ${loadId} and p.outcome in ('unchanged', 'duplicate') and ${here(sql`p`)} and p.object_type = x.object_type)
    or exists (select from repeat_spans s where s.load_id = ${loadId} and s.artifact_id = x.artifact_id
      and s.first_position <= x.position and x.position < s.first_position + s.count)
    or exists (select from members m where m.load_id = ${loadId} and ${here(sql`m`)} and m.dimension = x.object_type))`
  // One record after the other, each by its place, whatever the planner knows of a selection just kept.
  await tx.execute(sql`
    update bulk_replay_records r set (${result}, ${why}) = (
      select
        case when again.is_same then 'still_failing' when again.code is not null then 'failing_differently'
          when not ${passes} then 'skipped' when ${isHeld} then 'failing_differently' else 'fixed' end,
        case when again.is_same then null when again.code is not null then 'now ' || again.code
          when not ${passes} then 'not_found ' || ${runId}::int when ${isHeld} then 'load_held ' || ${runId}::int end
      from rejected_records x cross join lateral (
        select bool_or(c.code = r.code and c.field = r.field and (c.value = r.value or '' in (c.value, r.value))) as is_same, min(c.code) as code
        from (select * from rejected_records q where ${here(sql`q`)} offset 0) q join rejections c on c.rejected_id = q.rejected_id
        where q.run_id = ${runId} and q.object_type = x.object_type) again
      where x.rejected_id = r.rejected_id)
    where ${open(part)}`)
  await tx.execute(sql`select forget_load_positions(${loadId})`)
}

/**
 * The verdicts of a partial run replace those of the records it judged, and no others: a record that passes and is held with the rest
 * of its load goes on waiting where it was. Returns the run whose records were judged again.
 */
export async function replaceJudged(tx: Transaction, { bulkReplayId, originRunId }: Part, runId: number): Promise<number[]> {
  await tx.execute(sql`
    update rejections set replaced_by_run_id = ${runId} where ctid = any(array(
      select v.ctid from bulk_replay_records r cross join lateral (select ctid, * from rejections where rejected_id = r.rejected_id offset 0) v
      where r.bulk_replay_id = ${bulkReplayId} and r.origin_run_id = ${originRunId} and v.replaced_by_run_id is null and v.run_id <> ${runId}
        and (r.result in ('fixed', 'still_failing') or r.result = 'failing_differently' and r.why like 'now %')))`)
  return [originRunId]
}

/** By how much the totals of each slice would move if what was rehearsed were published, and on which accounts a line would say something else. */
export async function keepRehearsedTotals(
  tx: Transaction,
  part: Part,
  load: LoadScope,
  plan: { hasDiff: boolean; withdrawMissing: boolean; replacesStatements: boolean; reach: Reach },
): Promise<void> {
  const { loadId, objectType } = load
  // Where nothing goes, every line that comes is news: they need not be held against each other one by one.
  const lineOf = (of: SQL) =>
    plan.hasDiff || plan.withdrawMissing || plan.replacesStatements
      ? sql`(${of}.source_key, ${of}.document, ${of}.cost_centre, ${of}.project, ${of}.counterparty)::text`
      : sql`null::text`
  const cells = (of: SQL, sign: SQL) =>
    sql`select ${of}.entity, ${of}.period, ${of}.version, ${of}.currency, ${sign} as n, ${sign} * ${of}.debit as debit, ${sign} * ${of}.credit as credit,
      ${of}.account, ${lineOf(of)} as line`
  const old = sql`${cells(sql`l`, sql`-1`)} from ${diffOf(loadId)} d join lines l on l.line_id = d.old_line_id and l.segment = d.old_segment where not d.is_same`
  const missing = sql`${cells(sql`l`, sql`-1`)} from lines l where ${isMissing(load, plan.reach)}`
  const left = sql`${cells(sql`l`, sql`-1`)} from ${leftByStatements(load, plan.reach)} gone
    join lines l on l.line_id = gone.line_id and l.segment = gone.segment`
  const fresh = plan.hasDiff
    ? sql`where not exists (select from ${diffOf(loadId)} d where d.line_id = s.line_id and d.is_same)`
    : sql``
  await tx.execute(sql`
    insert into rehearsed_totals (bulk_replay_id, origin_run_id, is_publication, object_type, entity, period, version, currency, count, debit, credit, accounts)
    select ${part.bulkReplayId}, ${part.originRunId}, false, ${objectType}, entity, period, version, currency, sum(n), sum(debit), sum(credit),
      coalesce(array_agg(distinct account) filter (where n <> 0 or debit <> credit), '{}') from (
      select entity, period, version, currency, account, sum(n) as n, sum(debit) as debit, sum(credit) as credit from (
        ${cells(sql`s`, sql`1`)} from ${placeOf(loadId)} s ${fresh}
        ${plan.hasDiff ? sql`union all ${old}` : sql``} ${plan.withdrawMissing ? sql`union all ${missing}` : sql``}
        ${plan.replacesStatements ? sql`union all ${left}` : sql``}) moved
      group by entity, period, version, currency, account, line) said
    group by entity, period, version, currency`)
}

/** What today's rules make of what a run published: records that would say something else now, and that would not pass. */
export async function keepPublicationEffect(
  tx: Transaction,
  part: Part,
  { loadId, runId, objectType }: LoadScope,
): Promise<void> {
  const published = sql`(select publication from publications where run_id = ${part.originRunId})`
  const now = sql`select source_key, content_hash, entity, period, version, currency, debit, credit from ${placeOf(loadId)}
    union all select l.source_key, l.content_hash, l.entity, l.period, l.version, l.currency, l.debit, l.credit from ${spannedLines(loadId)}`
  await tx.execute(sql`
    insert into rehearsed_totals (bulk_replay_id, origin_run_id, is_publication, object_type, entity, period, version, currency, count, debit, credit,
      changed, changed_amount, failing, failing_amount)
    select ${part.bulkReplayId}, ${part.originRunId}, true, ${objectType}, entity, period, version, currency, count(*), 0, 0,
      count(*) filter (where what = 'changed'), coalesce(greatest(sum(debit) filter (where what = 'changed'), sum(credit) filter (where what = 'changed')), 0),
      count(*) filter (where what = 'failing'), coalesce(greatest(sum(debit) filter (where what = 'failing'), sum(credit) filter (where what = 'failing')), 0)
    from (
      select 'changed' as what, n.entity, n.period, n.version, n.currency, abs(n.debit) as debit, abs(n.credit) as credit from (${now}) n
        join lines l on l.source_key = n.source_key and l.object_type = ${objectType} and l.loaded_at_pub = ${published} and l.content_hash <> n.content_hash
      union all select 'failing', q.entity, q.period, q.version, q.currency, abs(q.debit), abs(q.credit) from rejected_records q
        where q.run_id = ${runId} and q.object_type = ${objectType} and not exists (
          select from rejected_records o where o.run_id = ${part.originRunId} and (o.artifact_id, o.position, o.object_type) = (q.artifact_id, q.position, q.object_type))) effect
    group by entity, period, version, currency`)
}
