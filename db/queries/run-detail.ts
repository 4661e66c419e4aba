import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import { LINE_TYPES, type ObjectType } from '#server/domain/record.ts'
import type { Checkpoint, ReplayRules, RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { toldInScope } from '#server/domain/exception-in-scope.ts'
import { iso } from '../iso.ts'
import { inScope } from './totals.ts'
import { sentenceFor } from './run-sentence.ts'

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
  kind: 'total' | 'roll_forward' | 'balance'
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
  const rows = await db.execute<ClosedExceptionRow & { detail: string; entities: string[] }>(sql`
    select exception_id as "exceptionId", failure_class as "failureClass", code, title, detail, entities, opened_run_id as "openedRunId" from exceptions e
    where closed_by_run_id = ${runId} and (cardinality(entities) = 0 or exists (select from unnest(entities) x where ${inScope(sql`x`, scope)})) order by 1`)
  return rows.map(({ detail, entities, ...row }) => ({ ...row, title: toldInScope({ ...row, detail, entities }, scope).title }))
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
export async function listDescendants(
  db: Queryable,
  runId: number,
  scope: readonly string[],
  limit: number,
): Promise<RelatedRun[]> {
  const rows = await db.execute<RelatedRun>(sql`
    select run_id as "runId", trigger, status, is_preview as "isPreview", requested_by as "requestedBy", ${iso(sql`queued_at`)} as "queuedAt", ${sentenceFor(scope)} as sentence,
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

/** Which rules a rehearsal was asked to apply, from the audit event that records the asking. */
export async function findPreviewRules(db: Queryable, previewRunId: number, correlationId: string): Promise<ReplayRules | null> {
  const [row] = await db.execute<{ rules: ReplayRules }>(sql`
    select after->>'rules' as rules from audit_events
    where correlation_id = ${correlationId}::uuid and action = 'replay.previewed' and after->>'replay' = ${String(previewRunId)} limit 1`)
  return row?.rules ?? null
}
