import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import { LINE_TYPES, type ObjectType } from '#server/domain/record.ts'
import type { Checkpoint, ReplayRules, RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'

export type RunRow = {
  runId: number
  job: string
  title: string
  trigger: RunTrigger
  status: RunStatus
  slice: string
  attempt: number
  publication: number | null
  withdrawnBy: number | null
  originRunId: number | null
  requestedBy: string
  queuedAt: string
  startedAt: string | null
  finishedAt: string | null
  dueAt: string
  sentence: string | null
  /** The due time it was started for. */
  scheduledFor: string | null
  /** Names of the jobs a blocked run waits for. */
  waitsFor: string[]
  /** Records of all kinds; of a run still going on, those read so far. */
  extracted: number | null
  rejected: number | null
}

export type RunRowsFilter = {
  readonly job?: string | undefined
  readonly status?: string | undefined
  readonly trigger?: string | undefined
  /** Business dates, 2026-11-21, of when the run was asked for, in UTC. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  /** As the list stood when this publication was the newest. */
  readonly asOf?: number | undefined
  /** Keyset by run id: older than, newer than. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit: number
  readonly scope: readonly string[]
}

/** Runs, newest first, without rehearsals. */
export async function listRunRows(db: Queryable, filter: RunRowsFilter): Promise<RunRow[]> {
  const { before, after, limit } = filter
  const backwards = after !== undefined && before === undefined
  const parts = [sql`not r.is_preview`, seenIn(filter.scope)]
  if (filter.job) parts.push(sql`j.name = ${filter.job}`)
  if (filter.status) parts.push(sql`r.status = ${filter.status}`)
  if (filter.trigger) parts.push(sql`r.trigger = ${filter.trigger}`)
  if (filter.from) parts.push(sql`r.queued_at >= ${filter.from}::date::timestamp at time zone 'UTC'`)
  if (filter.to) parts.push(sql`r.queued_at < (${filter.to}::date + 1)::timestamp at time zone 'UTC'`)
  if (filter.asOf !== undefined)
    parts.push(
      sql`r.queued_at <= coalesce((select published_at from publications where publication = ${filter.asOf}), '-infinity')`,
    )
  const slice = (['entity', 'period', 'version'] as const).flatMap((name) =>
    filter[name] ? [sql`c.${sql.identifier(name)} = ${filter[name]}`] : [],
  )
  if (slice.length > 0)
    parts.push(sql`exists (select from control_totals c where c.run_id = r.run_id and ${sql.join(slice, sql` and `)})`)
  if (before !== undefined) parts.push(sql`r.run_id < ${before}`)
  if (backwards) parts.push(sql`r.run_id > ${after}`)
  const rows = await db.execute<RunRow>(sql`
    with chosen as (
      select r.*, j.name as job from runs r join jobs j on j.job_id = r.job_id
      where ${sql.join(parts, sql` and `)} order by r.run_id ${backwards ? sql`asc` : sql`desc`} limit ${limit})
    select r.run_id as "runId", r.job, v.definition->>'title' as title, r.trigger, r.status, r.slice, r.attempt, r.publication,
      (select w.publication from publications w where w.withdraws = r.publication) as "withdrawnBy", r.origin_run_id as "originRunId", r.requested_by as "requestedBy",
      ${iso(sql`r.queued_at`)} as "queuedAt", ${iso(sql`r.started_at`)} as "startedAt", ${iso(sql`r.finished_at`)} as "finishedAt", ${iso(sql`r.due_at`)} as "dueAt",
      r.summary->>'sentence' as sentence, ${iso(sql`r.scheduled_for`)} as "scheduledFor", r.waits_for as "waitsFor",
      coalesce((r.progress->>'records')::int, (select sum(count)::int from control_totals c where c.run_id = r.run_id and c.checkpoint = 'extracted')) as extracted,
      (select sum(count)::int from control_totals c where c.run_id = r.run_id and c.checkpoint = 'rejected') as rejected
    from chosen r join job_versions v on v.job_id = r.job_id and v.version = r.job_version order by r.run_id desc`)
  return [...rows]
}

/** A run is in scope when it touched an entity in scope, or none yet. */
function seenIn(scope: readonly string[]) {
  if (scope.includes('*')) return sql`true`
  const touched = sql`select from control_totals c where c.run_id = r.run_id and c.entity <> ''`
  return sql`(not exists (${touched}) or exists (${touched} and ${inScope(sql`c.entity`, scope)}))`
}

export async function isRunInScope(db: Queryable, runId: number, scope: readonly string[]): Promise<boolean> {
  const rows = await db.execute(sql`select 1 from runs r where r.run_id = ${runId} and ${seenIn(scope)}`)
  return rows.length > 0
}

/** True when every entity a run touched is in scope: what its raw bytes may be shown by. */
export async function isRunWholeInScope(db: Queryable, runId: number, scope: readonly string[]): Promise<boolean> {
  if (scope.includes('*')) return true
  // A run that was never judged says nothing of its entities: its bytes are for those who may see all.
  const [row] = await db.execute<{ judged: boolean; outside: boolean }>(sql`
    select count(*) > 0 as judged, coalesce(bool_or(not ${inScope(sql`c.entity`, scope)}), false) as outside
    from control_totals c where c.run_id = ${runId}`)
  return row?.judged === true && !row.outside
}

export type OutcomeSum = {
  isLine: boolean
  objectType: ObjectType
  currency: string
  checkpoint: Checkpoint
  count: number
  debit: string
  credit: string
  net: string
}

/** A run's totals over all its slices: lines per currency, members per kind. Amounts are decimal strings. */
export async function sumRunOutcomes(db: Queryable, runId: number, scope: readonly string[]): Promise<OutcomeSum[]> {
  const rows = await db.execute<Omit<OutcomeSum, 'count'> & { count: string }>(sql`
    select is_line as "isLine", min(object_type) as "objectType", currency, checkpoint, sum(count)::text as count,
      sum(debit)::text as debit, sum(credit)::text as credit, sum(debit - credit)::text as net
    from (select *, object_type in ${LINE_TYPES as readonly ObjectType[]} as is_line from control_totals where run_id = ${runId} and ${inScope(sql`entity`, scope)}) t
    group by is_line, case when is_line then '' else object_type end, currency, checkpoint
    order by 1 desc, 3, 2`)
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

export type StageRow = {
  stage: string
  startedAt: string
  endedAt: string | null
  outcome: string | null
  records: number | null
}

/** The stages of a run's latest attempt. */
export async function listStages(db: Queryable, runId: number): Promise<StageRow[]> {
  const rows = await db.execute<StageRow>(sql`
    select stage, ${iso(sql`started_at`)} as "startedAt", ${iso(sql`ended_at`)} as "endedAt", outcome, records::int as records from stages s
    where run_id = ${runId} and attempt = (select max(attempt) from stages where run_id = ${runId}) order by s.started_at`)
  return [...rows]
}

export type AttemptRow = {
  attempt: number
  startedAt: string
  endedAt: string | null
  outcome: string | null
  failureClass: FailureClass | null
  failureCode: string | null
  failureDetail: string | null
  retryAt: string | null
}

export async function listAttempts(db: Queryable, runId: number): Promise<AttemptRow[]> {
  const rows = await db.execute<AttemptRow>(sql`
    select attempt, ${iso(sql`started_at`)} as "startedAt", ${iso(sql`ended_at`)} as "endedAt", outcome, failure_class as "failureClass", failure_code as "failureCode",
      failure_detail as "failureDetail", ${iso(sql`retry_at`)} as "retryAt" from attempts a where run_id = ${runId} order by attempt`)
  return [...rows]
}

/** difference: stated minus found. Found and ties are null until the load is proved. */
export type ClaimRow = {
  claimId: number
  kind: 'total' | 'roll_forward'
  measure: string
  objectType: ObjectType
  subject: string
  currency: string | null
  statedAs: string
  claimed: string
  opening: string | null
  found: string | null
  difference: string | null
  ties: boolean | null
  exceptionId: number | null
}

/** What the source stated about itself, what does not tie first. */
export async function listClaims(db: Queryable, runId: number): Promise<ClaimRow[]> {
  const rows = await db.execute<ClaimRow>(sql`
    select claim_id as "claimId", kind, measure, object_type as "objectType", subject, currency, stated_as as "statedAs", claimed::text as claimed, opening::text as opening,
      found::text as found, (claimed - found)::text as difference, ties, exception_id as "exceptionId"
    from claims where run_id = ${runId} order by coalesce(ties, true), claim_id`)
  return [...rows]
}

export type ClosedExceptionRow = {
  exceptionId: number
  failureClass: FailureClass
  code: string
  title: string
  openedRunId: number | null
}

/** Exceptions that closed because this run passed the control that had opened them. */
export async function listExceptionsClosedBy(
  db: Queryable,
  runId: number,
  scope: readonly string[],
): Promise<ClosedExceptionRow[]> {
  const rows = await db.execute<ClosedExceptionRow>(sql`
    select exception_id as "exceptionId", failure_class as "failureClass", code, title, opened_run_id as "openedRunId" from exceptions e
    where closed_by_run_id = ${runId} and (cardinality(entities) = 0 or exists (select from unnest(entities) x where ${inScope(sql`x`, scope)})) order by 1`)
  return [...rows]
}

export type DeliveryRow = { seq: number; artifactId: number; name: string; byteCount: number; sha256: string; receivedAt: string }

/** The deliveries a run read, with the artifacts they are kept as. */
export async function listDeliveries(db: Queryable, runId: number, limit: number): Promise<DeliveryRow[]> {
  const rows = await db.execute<Omit<DeliveryRow, 'byteCount'> & { byteCount: string | number }>(sql`
    select d.seq, d.artifact_id as "artifactId", d.name, a.byte_count as "byteCount", a.sha256, ${iso(sql`d.received_at`)} as "receivedAt"
    from run_artifacts d join artifacts a on a.artifact_id = d.artifact_id where d.run_id = ${runId} order by d.seq limit ${limit}`)
  return rows.map((row) => ({ ...row, byteCount: Number(row.byteCount) }))
}

export async function findDelivery(
  db: Queryable,
  runId: number,
  artifactId: number,
): Promise<{ name: string; byteCount: number } | null> {
  const [row] = await db.execute<{ name: string; byteCount: string | number }>(sql`
    select d.name, a.byte_count as "byteCount" from run_artifacts d join artifacts a on a.artifact_id = d.artifact_id where d.run_id = ${runId} and d.artifact_id = ${artifactId} limit 1`)
  return row ? { name: row.name, byteCount: Number(row.byteCount) } : null
}

export type TimelineRow = {
  eventId: number
  at: string
  actor: string
  role: string
  action: string
  objectType: string
  objectId: string
  reason: string | null
}

/** The audit events of one chain of cause, newest first. */
export async function listTimeline(db: Queryable, correlationId: string, limit: number): Promise<TimelineRow[]> {
  const rows = await db.execute<TimelineRow>(sql`
    select event_id::int as "eventId", ${iso(sql`e.at`)} as at, actor, role, action, object_type as "objectType", object_id as "objectId", reason
    from audit_events e where correlation_id = ${correlationId}::uuid order by event_id desc limit ${limit}`)
  return [...rows]
}

export type RelatedRun = {
  runId: number
  trigger: RunTrigger
  status: RunStatus
  isPreview: boolean
  requestedBy: string
  queuedAt: string
  sentence: string | null
  outcome: string | null
}

/** Runs that name this one as their origin: replays, rehearsals, a rollback. Newest first. */
export async function listDescendants(db: Queryable, runId: number, limit: number): Promise<RelatedRun[]> {
  const rows = await db.execute<RelatedRun>(sql`
    select run_id as "runId", trigger, status, is_preview as "isPreview", requested_by as "requestedBy", ${iso(sql`queued_at`)} as "queuedAt", summary->>'sentence' as sentence,
      summary->>'outcome' as outcome
    from runs r where origin_run_id = ${runId} order by run_id desc limit ${limit}`)
  return [...rows]
}

export async function findWithdrawal(db: Queryable, publication: number): Promise<{ publication: number; runId: number } | null> {
  const [row] = await db.execute<{ publication: number; runId: number }>(
    sql`select publication, run_id as "runId" from publications where withdraws = ${publication}`,
  )
  return row ?? null
}

export type RejectedCause = { code: string; records: number }

/** How many rejected records of a run carry each reason; a record may carry several. */
export async function countRejectedByCode(db: Queryable, runId: number, scope: readonly string[]): Promise<RejectedCause[]> {
  const rows = await db.execute<RejectedCause>(sql`
    select r.code, count(distinct r.rejected_id)::int as records from rejections r join rejected_records x on x.rejected_id = r.rejected_id
    where r.run_id = ${runId} and ${inScope(sql`x.entity`, scope)} group by 1 order by 2 desc, 1`)
  return [...rows]
}

export type RejectedRow = {
  rejectedId: number
  objectType: ObjectType
  artifactId: number
  position: number
  sourceKey: string
  document: string | null
  entity: string
  period: string
  version: string
  currency: string
  account: string
  debit: string
  credit: string
  reasons: {
    code: string
    field: string
    value: string
    detail: string
    exceptionId: number | null
    replacedByRunId: number | null
  }[]
}

export type RowsFilter = {
  readonly runId: number
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly scope: readonly string[]
}

/** Rejected records of a run, each with every reason. Keyset by id. */
export async function listRejectedRows(
  db: Queryable,
  filter: RowsFilter & { code?: string | undefined; after?: number | undefined; limit: number },
): Promise<RejectedRow[]> {
  const parts = [sql`x.run_id = ${filter.runId}`, ...sliceParts(filter)]
  if (filter.code)
    parts.push(sql`exists (select from rejections r where r.rejected_id = x.rejected_id and r.code = ${filter.code})`)
  if (filter.after !== undefined) parts.push(sql`x.rejected_id > ${filter.after}`)
  const rows = await db.execute<RejectedRow>(sql`
    select x.rejected_id as "rejectedId", x.object_type as "objectType", x.artifact_id as "artifactId", x.position, x.source_key as "sourceKey", x.document, x.entity, x.period,
      x.version, x.currency, x.account, x.debit::text as debit, x.credit::text as credit,
      (select coalesce(jsonb_agg(jsonb_build_object('code', r.code, 'field', r.field, 'value', r.value, 'detail', r.detail, 'exceptionId', r.exception_id,
        'replacedByRunId', r.replaced_by_run_id) order by r.code, r.field), '[]') from rejections r where r.rejected_id = x.rejected_id) as reasons
    from rejected_records x where ${sql.join(parts, sql` and `)} order by x.rejected_id limit ${filter.limit}`)
  return [...rows]
}

export type SumRow = { currency: string; count: number; debit: string; credit: string; net: string }

/** Count and sums of what listRejectedRows lists, per currency. */
export async function sumRejectedRows(db: Queryable, filter: RowsFilter & { code?: string | undefined }): Promise<SumRow[]> {
  const parts = [sql`x.run_id = ${filter.runId}`, ...sliceParts(filter)]
  if (filter.code)
    parts.push(sql`exists (select from rejections r where r.rejected_id = x.rejected_id and r.code = ${filter.code})`)
  return sums(
    await db.execute<SumText>(
      sql`${SUMS} from rejected_records x where ${sql.join(parts, sql` and `)} group by x.currency order by x.currency`,
    ),
  )
}

/** Where a page of repeats ends. A position alone does not name a record: XML counts each kind of object apart. */
export type RepeatKey = {
  readonly outcome: string
  readonly artifactId: number
  readonly position: number
  readonly objectType: string
}

export type RepeatRow = {
  outcome: 'unchanged' | 'duplicate'
  objectType: ObjectType
  artifactId: number
  position: number
  sourceKey: string
  entity: string
  period: string
  version: string
  currency: string
  debit: string
  credit: string
  lineId: number | null
}

/** Records of a run that added no line. Ordered by outcome and place; `after` is where the page before ended. */
export async function listRepeatRows(
  db: Queryable,
  filter: RowsFilter & { outcome?: string | undefined; after?: RepeatKey | undefined; limit: number },
): Promise<RepeatRow[]> {
  const parts = [ofRun(filter.runId), ...sliceParts(filter)]
  if (filter.outcome) parts.push(sql`x.outcome = ${filter.outcome}`)
  const { after } = filter
  if (after)
    parts.push(
      sql`(x.outcome, x.artifact_id, x.position, x.object_type) > (${after.outcome}, ${after.artifactId}::int, ${after.position}::int, ${after.objectType})`,
    )
  const rows = await db.execute<RepeatRow>(sql`
    select x.outcome, x.object_type as "objectType", x.artifact_id as "artifactId", x.position, x.source_key as "sourceKey",
      x.entity, x.period, x.version, x.currency, x.debit::text as debit, x.credit::text as credit, x.line_id as "lineId"
    from repeats x where ${sql.join(parts, sql` and `)} order by x.outcome, x.artifact_id, x.position, x.object_type limit ${filter.limit}`)
  return rows.map((row) => ({ ...row, lineId: row.lineId === null ? null : Number(row.lineId) }))
}

export async function sumRepeatRows(db: Queryable, filter: RowsFilter & { outcome?: string | undefined }): Promise<SumRow[]> {
  const parts = [ofRun(filter.runId), ...sliceParts(filter)]
  if (filter.outcome) parts.push(sql`x.outcome = ${filter.outcome}`)
  return sums(
    await db.execute<SumText>(
      sql`${SUMS} from repeats x where ${sql.join(parts, sql` and `)} group by x.currency order by x.currency`,
    ),
  )
}

type SumText = Omit<SumRow, 'count'> & { count: string }
const SUMS = sql`select x.currency, count(*)::text as count, sum(x.debit)::text as debit, sum(x.credit)::text as credit, sum(x.debit - x.credit)::text as net`
const sums = (rows: Iterable<SumText>): SumRow[] => [...rows].map((row) => ({ ...row, count: Number(row.count) }))

const ofRun = (runId: number) => sql`x.load_id in (select load_id from loads where run_id = ${runId})`

const sliceParts = ({ entity, period, version, scope }: RowsFilter) => [
  inScope(sql`x.entity`, scope),
  ...(entity ? [sql`x.entity = ${entity}`] : []),
  ...(period ? [sql`x.period = ${period}`] : []),
  ...(version ? [sql`x.version = ${version}`] : []),
]

/** Which rules a rehearsal was asked to apply, from the audit event that records the asking. */
export async function findPreviewRules(db: Queryable, previewRunId: number, correlationId: string): Promise<ReplayRules | null> {
  const [row] = await db.execute<{ rules: ReplayRules }>(sql`
    select after->>'rules' as rules from audit_events
    where correlation_id = ${correlationId}::uuid and action = 'replay.previewed' and after->>'replay' = ${String(previewRunId)} limit 1`)
  return row?.rules ?? null
}
