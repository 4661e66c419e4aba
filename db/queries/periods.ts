import { sql } from 'drizzle-orm'
import type { NotReady } from '#server/domain/close.ts'
import type { PeriodState, ReopeningAnswer } from '#server/domain/period-state.ts'
import type { Queryable, Transaction } from '../client.ts'
import { iso } from '../iso.ts'
import { lockPublications } from '../load/publish.ts'
import { inScope } from './totals.ts'

/** Returns the state; open where nothing was said. Two at once on one period take turns. */
export async function lockPeriod(tx: Transaction, entity: string, period: string): Promise<PeriodState> {
  await tx.execute(
    sql`insert into period_states (entity, period, state) values (${entity}, ${period}, 'open') on conflict (entity, period) do nothing`,
  )
  const [row] = await tx.execute<{ state: PeriodState }>(
    sql`select state from period_states where entity = ${entity} and period = ${period} for update`,
  )
  return row!.state
}

type Change = {
  readonly entity: string
  readonly period: string
  readonly state: PeriodState
  readonly by: string
  readonly reason: string | null
  readonly notReady: readonly NotReady[]
  /** The approved request, where it is reopened. */
  readonly reopeningId: number | null
}

/** Of a period that is locked. Waits for what is being published, which was judged by the state it had. The database refuses to let a closed one out of it without an approved request. */
export async function savePeriodState(tx: Transaction, change: Change): Promise<void> {
  const { entity, period, state, by, reason, notReady, reopeningId } = change
  await lockPublications(tx)
  await tx.execute(sql`
    update period_states set state = ${state}, changed_at = now(), changed_by = ${by}, reason = ${reason}, not_ready = ${JSON.stringify(notReady)}::jsonb, reopening_id = ${reopeningId}
    where entity = ${entity} and period = ${period}`)
}

export type Reopening = {
  readonly requestId: number
  readonly entity: string
  readonly period: string
  readonly basis: string
  readonly reason: string
  readonly requestedBy: string
  readonly requestedAt: string
  readonly answer: ReopeningAnswer | null
  readonly decidedBy: string | null
  readonly decidedAt: string | null
  readonly decisionReason: string | null
}

const reopeningRow = sql`request_id as "requestId", entity, period, basis, reason, requested_by as "requestedBy", ${iso(sql`requested_at`)} as "requestedAt", answer,
  decided_by as "decidedBy", ${iso(sql`decided_at`)} as "decidedAt", decision_reason as "decisionReason"`

export async function insertReopening(
  tx: Transaction,
  { entity, period, basis, reason, by, at }: Pick<Reopening, 'entity' | 'period' | 'basis' | 'reason'> & { by: string; at: Date },
): Promise<number> {
  const [row] = await tx.execute<{ id: number }>(sql`
    insert into period_reopenings (entity, period, basis, reason, requested_by, requested_at)
    values (${entity}, ${period}, ${basis}, ${reason}, ${by}, ${at.toISOString()}) returning request_id as id`)
  return row!.id
}

/** What waited for this period is answered by what is asked now. */
export async function supersedeReopenings(tx: Transaction, entity: string, period: string): Promise<void> {
  await tx.execute(
    sql`update period_reopenings set answer = 'superseded' where entity = ${entity} and period = ${period} and answer is null`,
  )
}

/** Locked with its period, in the order of who asks, until the transaction ends: one person decides. */
export async function lockReopening(tx: Transaction, requestId: number): Promise<(Reopening & { before: PeriodState }) | null> {
  const [of] = await tx.execute<{ entity: string; period: string }>(
    sql`select entity, period from period_reopenings where request_id = ${requestId}`,
  )
  if (!of) return null
  const before = await lockPeriod(tx, of.entity, of.period)
  const [row] = await tx.execute<Reopening>(
    sql`select ${reopeningRow} from period_reopenings where request_id = ${requestId} for update`,
  )
  return { ...row!, before }
}

export async function answerReopening(
  tx: Transaction,
  requestId: number,
  { answer, by, at, reason }: { answer: 'approved' | 'declined'; by: string; at: Date; reason: string },
): Promise<void> {
  await tx.execute(sql`
    update period_reopenings set answer = ${answer}, decided_by = ${by}, decided_at = ${at.toISOString()}, decision_reason = ${reason} where request_id = ${requestId}`)
}

/** Those that wait for a second person. */
export async function listWaitingReopenings(db: Queryable, scope: readonly string[]): Promise<Reopening[]> {
  const rows = await db.execute<Reopening>(sql`
    select ${reopeningRow} from period_reopenings where answer is null and ${inScope(sql`entity`, scope)} order by request_id`)
  return [...rows]
}

/** All of one period, newest first. */
export async function listReopenings(db: Queryable, entity: string, period: string, limit: number): Promise<Reopening[]> {
  const rows = await db.execute<Reopening>(sql`
    select ${reopeningRow} from period_reopenings where entity = ${entity} and period = ${period} order by request_id desc limit ${limit}`)
  return [...rows]
}

export type StandingCertification = {
  readonly certificationId: number
  readonly reconciliationId: number
  readonly title: string
  readonly version: string
  readonly certifiedAt: string
  readonly isAutomatic: boolean
}

/** What stands certified of a period: each is superseded as soon as something under it moves. */
export async function listStandingCertifications(
  db: Queryable,
  entity: string,
  period: string,
): Promise<StandingCertification[]> {
  const rows = await db.execute<StandingCertification>(sql`
    select s.certification_id as "certificationId", r.reconciliation_id as "reconciliationId", v.definition->>'title' as title, r.version,
      ${iso(sql`s.certified_at`)} as "certifiedAt", s.is_automatic as "isAutomatic"
    from reconciliations r join certifications s on s.certification_id = r.certification_id and s.superseded_at is null join comparisons c on c.comparison_id = s.comparison_id
      join reconciliation_versions v on v.definition_id = r.definition_id and v.version = c.definition_version
    where r.entity = ${entity} and r.period = ${period} and r.state = 'certified' order by title, s.certification_id`)
  return [...rows]
}

export type LoadingJob = { readonly job: string; readonly title: string; readonly lastRunId: number; readonly isPaused: boolean }

/** Jobs that ever brought figures of the entity and period: what is let in again. */
export async function listLoadingJobs(db: Queryable, entity: string, period: string): Promise<LoadingJob[]> {
  const rows = await db.execute<LoadingJob>(sql`
    select j.name as job, v.definition->>'title' as title, max(r.run_id) as "lastRunId", j.paused_at is not null as "isPaused"
    from control_totals c join runs r on r.run_id = c.run_id join jobs j on j.job_id = r.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where c.entity = ${entity} and c.period = ${period} and not r.is_preview group by 1, 2, 4 order by 1`)
  return [...rows]
}
