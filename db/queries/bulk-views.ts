import { sql, type SQL } from 'drizzle-orm'
import type { BulkReplayStatus, ReplayResult } from '#server/domain/bulk-replay.ts'
import type { ReplayAsked } from '#server/domain/replay-asked.ts'
import type { ObjectType } from '#server/domain/record.ts'
import type { ReplayRules, RunStatus } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { columnsOf, recordOf, type Pass } from './bulk-replays.ts'
import { chosenRecords, type SelectionRequest } from './bulk-selection.ts'
import { sentenceFor } from './run-sentence.ts'
import { inScope } from './totals.ts'

/** Records of one currency that are to be replayed, or left out for one reason. amount: the larger side of debit and credit. */
export type EstimatedPart = { excluded: ReplayResult | null; why: string | null; currency: string; count: number; amount: string }
export type Estimate = {
  records: number
  widened: number
  exceptions: number
  runs: number
  /** Held loads among them, and all records these have. */
  loads: number
  loadRecords: number
  entities: string[]
  periods: string[]
  closedPeriods: string[]
  parts: EstimatedPart[]
}

/** What a selection would be, without keeping it. Currencies and amounts are of entities within the scope. */
export async function estimateSelection(db: Queryable, request: SelectionRequest): Promise<Estimate> {
  const seen = inScope(sql`entity`, request.scope)
  const distinct = (column: SQL) =>
    sql`(select coalesce(json_agg(v order by v), '[]') from (select distinct ${column} as v from chosen where ${seen} and ${column} <> '') d)`
  const [row] = await db.execute<Estimate>(sql`
    with ${chosenRecords(request)}
    select count(*)::int as records, count(*) filter (where is_widened)::int as widened, count(distinct exception_id)::int as exceptions,
      count(distinct run_id)::int as runs, count(distinct run_id) filter (where is_whole)::int as loads,
      coalesce((select sum(c.count) from control_totals c where c.checkpoint = 'extracted' and c.run_id in (select run_id from chosen where is_whole)), 0)::int as "loadRecords",
      ${distinct(sql`entity`)} as entities, ${distinct(sql`period`)} as periods, ${distinct(sql`closed_period`)} as "closedPeriods",
      (select coalesce(json_agg(p), '[]') from (
        select excluded, split_part(why, ' ', 1) as why, case when ${seen} then currency else '' end as currency, count(*)::int as count,
          greatest(sum(abs(debit)) filter (where ${seen}), sum(abs(credit)) filter (where ${seen}), 0)::text as amount
        from chosen group by 1, 2, 3 order by 1 nulls first, 2, 3) p) as parts
    from chosen`)
  return row!
}

export type ReplaySum = { result: ReplayResult | null; currency: string; count: number; amount: string }

/** The results of a pass by currency. null: no result yet. Counted whole; currencies and amounts are of entities within the scope. */
export async function sumResults(
  db: Queryable,
  { bulkReplayId, pass, scope }: { bulkReplayId: number; pass: Pass; scope: readonly string[] },
): Promise<ReplaySum[]> {
  const seen = inScope(sql`x.entity`, scope)
  const rows = await db.execute<ReplaySum>(sql`
    select r.${columnsOf(pass).result} as result, case when ${seen} then x.currency else '' end as currency, count(*)::int as count,
      greatest(sum(abs(x.debit)) filter (where ${seen}), sum(abs(x.credit)) filter (where ${seen}), 0)::text as amount
    from bulk_replay_records r cross join ${recordOf} where r.bulk_replay_id = ${bulkReplayId} group by 1, 2 order by 2, 1`)
  return [...rows]
}

export type ReplayedRecord = {
  rejectedId: number
  originRunId: number
  exceptionId: number
  objectType: ObjectType
  artifactId: number
  position: number
  sourceKey: string
  document: string | null
  entity: string
  period: string
  version: string
  currency: string
  debit: string
  credit: string
  code: string
  field: string
  value: string
  isWidened: boolean
  rehearsed: ReplayResult | null
  rehearsedWhy: string | null
  result: ReplayResult | null
  why: string | null
}

export type ReplayRecordsFilter = {
  readonly bulkReplayId: number
  /** With a result, in this pass. */
  readonly pass: Pass
  readonly result?: ReplayResult | 'open' | undefined
  readonly after?: number | undefined
  readonly limit: number
  readonly scope: readonly string[]
}

/** Records of a bulk replay within the scope, by id. */
export async function listReplayRecords(db: Queryable, filter: ReplayRecordsFilter): Promise<ReplayedRecord[]> {
  const { bulkReplayId, pass, result, after, limit, scope } = filter
  const column = sql`r.${columnsOf(pass).result}`
  const rows = await db.execute<ReplayedRecord>(sql`
    select r.rejected_id as "rejectedId", r.origin_run_id as "originRunId", r.exception_id as "exceptionId", x.object_type as "objectType", x.artifact_id as "artifactId",
      x.position, x.source_key as "sourceKey", x.document, x.entity, x.period, x.version, x.currency, x.debit::text as debit, x.credit::text as credit,
      r.code, r.field, r.value, r.is_widened as "isWidened", r.rehearsed, r.rehearsed_why as "rehearsedWhy", r.result, r.why
    from bulk_replay_records r cross join ${recordOf}
    where r.bulk_replay_id = ${bulkReplayId} and ${inScope(sql`x.entity`, scope)}
      and ${result === undefined ? sql`true` : result === 'open' ? sql`${column} is null` : sql`${column} = ${result}`}
      and ${after === undefined ? sql`true` : sql`r.rejected_id > ${after}`}
    order by r.rejected_id limit ${limit}`)
  return [...rows]
}

export type BulkReplayRun = {
  originRunId: number
  job: string
  isPublication: boolean
  isWhole: boolean
  records: number
  rehearsalRunId: number | null
  runId: number | null
  status: RunStatus | null
  publication: number | null
  sentence: string | null
}

/** The runs a bulk replay is made of, in the order they are carried out; the sentence is that of the newest pass. */
export async function listBulkReplayRuns(
  db: Queryable,
  { bulkReplayId, scope }: { bulkReplayId: number; scope: readonly string[] },
): Promise<BulkReplayRun[]> {
  const rows = await db.execute<BulkReplayRun>(sql`
    select u.origin_run_id as "originRunId", j.name as job, u.is_publication as "isPublication", u.is_whole as "isWhole", coalesce(taken.n, 0)::int as records,
      u.rehearsal_run_id as "rehearsalRunId", u.run_id as "runId", r.status, r.publication, ${sentenceFor(scope)} as sentence
    from bulk_replay_runs u join runs o on o.run_id = u.origin_run_id join jobs j on j.job_id = o.job_id
      left join runs r on r.run_id = coalesce(u.run_id, u.rehearsal_run_id)
      left join (select origin_run_id, count(*) as n from bulk_replay_records where bulk_replay_id = ${bulkReplayId} group by 1) taken
        on taken.origin_run_id = u.origin_run_id and not u.is_publication
    where u.bulk_replay_id = ${bulkReplayId} order by u.is_publication, u.root_run_id, u.origin_run_id limit 500`)
  return [...rows]
}

/** Published totals of a slice before, and by how much the rehearsal says they move, or the replay moved them. */
export type MovedSlice = {
  objectType: ObjectType
  system: string
  entity: string
  period: string
  version: string
  currency: string
  before: { count: number; debit: string; credit: string }
  moved: { count: number; debit: string; credit: string }
}

/** `pass`: as it was rehearsed, against what stood then; or what the replay published, each against what stood before it. */
export async function listMovedSlices(
  db: Queryable,
  { bulkReplayId, pass, scope }: { bulkReplayId: number; pass: Pass; scope: readonly string[] },
): Promise<MovedSlice[]> {
  const slice = sql`system_id, object_type, entity, period, version, currency`
  const published = sql`select publication from bulk_replay_runs u join runs n on n.run_id = u.run_id where u.bulk_replay_id = ${bulkReplayId} and n.publication is not null`
  const signed = (sign: SQL) =>
    sql`system_id, object_type, entity, period, version, currency, ${sign} * count as count, ${sign} * debit as debit, ${sign} * credit as credit`
  const moved =
    pass === 'rehearsed'
      ? sql`select j.system_id, t.object_type, t.entity, t.period, t.version, t.currency, t.count, t.debit, t.credit from rehearsed_totals t
          join runs o on o.run_id = t.origin_run_id join jobs j on j.job_id = o.job_id where t.bulk_replay_id = ${bulkReplayId} and not t.is_publication`
      : sql`select ${signed(sql`1`)} from slice_totals where loaded_at_pub in (${published})
          union all select ${signed(sql`-1`)} from slice_totals where superseded_at_pub in (${published})`
  const asOf =
    pass === 'rehearsed'
      ? sql`(select coalesce(max(publication), 0) from publications p join bulk_replays b on b.bulk_replay_id = ${bulkReplayId} and p.published_at <= coalesce(b.rehearsed_at, now()))`
      : sql`(select min(publication) - 1 from (${published}) p)`
  const rows = await db.execute<MovedSlice>(sql`
    with moved as (select ${slice}, sum(count) as count, sum(debit) as debit, sum(credit) as credit from (${moved}) m where ${inScope(sql`entity`, scope)} group by ${slice})
    select m.object_type as "objectType", s.code as system, m.entity, m.period, m.version, m.currency,
      json_build_object('count', coalesce(t.count, 0), 'debit', coalesce(t.debit, 0)::text, 'credit', coalesce(t.credit, 0)::text) as before,
      json_build_object('count', m.count, 'debit', m.debit::text, 'credit', m.credit::text) as moved
    from moved m join systems s on s.system_id = m.system_id left join slice_totals t
      on (t.system_id, t.object_type, t.entity, t.period, t.version, t.currency) = (m.system_id, m.object_type, m.entity, m.period, m.version, m.currency)
        and t.loaded_at_pub <= ${asOf} and (t.superseded_at_pub is null or t.superseded_at_pub > ${asOf})
    where m.count <> 0 or m.debit <> 0 or m.credit <> 0 order by 3, 4, 5, 6, 1, 2 limit 500`)
  return [...rows]
}

/** What the rules of the rehearsal make of the last publications of the jobs. */
export type PublicationEffect = {
  runId: number
  publication: number
  job: string
  currency: string
  changed: number
  changedAmount: string
  failing: number
  failingAmount: string
}

export async function listPublicationEffects(
  db: Queryable,
  { bulkReplayId, scope }: { bulkReplayId: number; scope: readonly string[] },
): Promise<PublicationEffect[]> {
  const rows = await db.execute<PublicationEffect>(sql`
    select u.origin_run_id as "runId", o.publication, j.name as job, coalesce(t.currency, '') as currency, coalesce(sum(t.changed), 0)::int as changed,
      coalesce(sum(t.changed_amount), 0)::text as "changedAmount", coalesce(sum(t.failing), 0)::int as failing, coalesce(sum(t.failing_amount), 0)::text as "failingAmount"
    from bulk_replay_runs u join runs o on o.run_id = u.origin_run_id join jobs j on j.job_id = o.job_id
      left join rehearsed_totals t on t.bulk_replay_id = u.bulk_replay_id and t.origin_run_id = u.origin_run_id and t.is_publication and ${inScope(sql`t.entity`, scope)}
    where u.bulk_replay_id = ${bulkReplayId} and u.is_publication group by 1, 2, 3, 4 order by 2 desc, 4`)
  return [...rows]
}

export type BulkReplayRow = {
  bulkReplayId: number
  status: BulkReplayStatus
  asked: ReplayAsked
  rules: ReplayRules
  requestedBy: string
  requestedAt: string
  endedAt: string | null
  reason: string | null
  records: number
  results: Partial<Record<ReplayResult | 'open', number>>
}

export type BulkReplaysFilter = {
  readonly statuses?: readonly BulkReplayStatus[] | undefined
  readonly requestedBy?: string | undefined
  readonly exceptionId?: number | undefined
  readonly reader: ReplayReader
  /** Keyset by id: older than, newer than. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit: number
}

/** Who reads: a replay is seen by whoever asked for it, and by those who may see one of its records. */
export type ReplayReader = { readonly name: string; readonly entityScope: readonly string[] }

/** Of a query with bulk replays as `b`. */
const mayRead = ({ name, entityScope }: ReplayReader): SQL =>
  entityScope.includes('*')
    ? sql`true`
    : sql`(b.requested_by = ${name} or exists (select from bulk_replay_records r cross join ${recordOf}
        where r.bulk_replay_id = b.bulk_replay_id and ${inScope(sql`x.entity`, entityScope)}))`

/** It touches entities the reader may not see: what others wrote of it is left out. Of a query with bulk replays as `b`. */
const isPartly = ({ name, entityScope }: ReplayReader): SQL =>
  entityScope.includes('*')
    ? sql`false`
    : sql`(b.requested_by <> ${name} and exists (select from bulk_replay_records r cross join ${recordOf}
        where r.bulk_replay_id = b.bulk_replay_id and not ${inScope(sql`x.entity`, entityScope)}))`

/** How much of a replay a person may see; null: it is not theirs to read. */
export async function findSightOf(db: Queryable, bulkReplayId: number, reader: ReplayReader): Promise<'whole' | 'partly' | null> {
  const [row] = await db.execute<{ isPartly: boolean }>(
    sql`select ${isPartly(reader)} as "isPartly" from bulk_replays b where b.bulk_replay_id = ${bulkReplayId} and ${mayRead(reader)}`,
  )
  return row ? (row.isPartly ? 'partly' : 'whole') : null
}

/** Newest first, with the results of the pass they are at. */
export async function listBulkReplays(db: Queryable, filter: BulkReplaysFilter): Promise<BulkReplayRow[]> {
  const { statuses, requestedBy, exceptionId, reader, before, after, limit } = filter
  const parts = [mayRead(reader)]
  if (statuses) parts.push(sql`b.status in ${statuses}`)
  if (requestedBy) parts.push(sql`b.requested_by = ${requestedBy}`)
  if (exceptionId !== undefined)
    parts.push(
      sql`exists (select from bulk_replay_records r where r.bulk_replay_id = b.bulk_replay_id and r.exception_id = ${exceptionId})`,
    )
  if (before !== undefined) parts.push(sql`b.bulk_replay_id < ${before}`)
  if (after !== undefined) parts.push(sql`b.bulk_replay_id > ${after}`)
  const isBackwards = after !== undefined && before === undefined
  const rows = await db.execute<BulkReplayRow>(sql`
    with chosen as (
      select *, ${isPartly(reader)} as is_partly from bulk_replays b where ${sql.join(parts, sql` and `)} order by bulk_replay_id ${isBackwards ? sql`asc` : sql`desc`} limit ${limit}),
    counted as (
      select b.bulk_replay_id, coalesce(case when b.status in ('rehearsing', 'rehearsed') then r.rehearsed else r.result end, 'open') as result, count(*)::int as n
      from chosen b join bulk_replay_records r on r.bulk_replay_id = b.bulk_replay_id group by 1, 2)
    select b.bulk_replay_id as "bulkReplayId", b.status, case when b.is_partly then b.asked - 'entity' else b.asked end as asked, b.rules, b.requested_by as "requestedBy", ${iso(sql`b.requested_at`)} as "requestedAt",
      ${iso(sql`b.ended_at`)} as "endedAt", case when not b.is_partly then b.reason end as reason,
      coalesce((select sum(n) from counted c where c.bulk_replay_id = b.bulk_replay_id), 0)::int as records,
      coalesce((select jsonb_object_agg(c.result, c.n) from counted c where c.bulk_replay_id = b.bulk_replay_id), '{}') as results
    from chosen b order by b.bulk_replay_id desc`)
  return [...rows]
}
