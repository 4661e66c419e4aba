import { sql } from 'drizzle-orm'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { standing, stopped } from './exception-filter.ts'
import type { ClaimRow } from './run-detail.ts'
import { inScope } from './totals.ts'
import { sentenceFor } from './run-sentence.ts'

export type SeenByRun = {
  runId: number
  trigger: RunTrigger
  status: RunStatus
  at: string
  sentence: string | null
  requestedBy: string
}

/** The runs that saw an exception, newest first, and the one that closed it. */
export async function listRunsThatSaw(
  db: Queryable,
  exceptionId: number,
  scope: readonly string[],
  limit: number,
): Promise<SeenByRun[]> {
  const rows = await db.execute<SeenByRun>(sql`
    with saw as (${runsThatSaw(exceptionId)})
    select r.run_id as "runId", r.trigger, r.status, ${iso(sql`coalesce(r.finished_at, r.queued_at)`)} as at, ${sentenceFor(scope)} as sentence, r.requested_by as "requestedBy"
    from saw join runs r on r.run_id = saw.run_id order by r.run_id desc limit ${limit}`)
  return [...rows]
}

/** The numbers of the runs that saw an exception, and of the one that closed it. Of records that still wait the rollup knows the runs. */
export const runsThatSaw = (exceptionId: number) => sql`
      select opened_run_id as run_id from exceptions where exception_id = ${exceptionId}
      union select last_run_id from exceptions where exception_id = ${exceptionId}
      union select closed_by_run_id from exceptions where exception_id = ${exceptionId} and closed_by_run_id is not null
      union select run_id from waiting_records where exception_ids @> array[${exceptionId}::int]
      union select run_id from rejections where exception_id = ${exceptionId} and replaced_by_run_id is not null
      union select run_id from claims where exception_id = ${exceptionId}
      union select x.run_id from exceptions e join runs x on e.subject ? 'jobs' and ${stopped(sql`x`)} where e.exception_id = ${exceptionId}`

/** The claims of a run that an exception is about. */
export async function listClaimsOf(
  db: Queryable,
  exceptionId: number,
  runId: number,
): Promise<(ClaimRow & { artifactId: number; movement: string | null })[]> {
  const rows = await db.execute<ClaimRow & { artifactId: number; movement: string | null }>(sql`
    select claim_id as "claimId", kind, measure, object_type as "objectType", subject, currency, stated_as as "statedAs", claimed::text as claimed, opening::text as opening,
      found::text as found, (claimed - found)::text as difference, (found - opening)::text as movement, ties, exception_id as "exceptionId", artifact_id as "artifactId"
    from claims where exception_id = ${exceptionId} and run_id = ${runId} order by claim_id`)
  return [...rows]
}

/** Records that wait behind an exception, per currency: what its list must add up to. Decimal strings. */
export type WaitingSum = { currency: string; count: number; debit: string; credit: string }

export async function sumWaiting(
  db: Queryable,
  exceptionId: number,
  {
    entity,
    period,
    version,
    scope,
  }: { entity?: string | undefined; period?: string | undefined; version?: string | undefined; scope: readonly string[] },
): Promise<WaitingSum[]> {
  const parts = [inScope(sql`x.entity`, scope)]
  if (entity) parts.push(sql`x.entity = ${entity}`)
  if (period) parts.push(sql`x.period = ${period}`)
  if (version) parts.push(sql`x.version = ${version}`)
  const rows = await db.execute<WaitingSum>(sql`
    select x.currency, count(*)::int as count, sum(x.debit)::text as debit, sum(x.credit)::text as credit
    from rejected_records x where ${sql.join(parts, sql` and `)} and x.rejected_id in (
      select r.rejected_id from exceptions e cross join lateral ${standing()} r where e.exception_id = ${exceptionId})
    group by 1 order by 1`)
  return [...rows]
}

/** Why each attempt of a run failed: the technical words behind a technical exception. */
export type FailedAttempt = { attempt: number; endedAt: string | null; code: string | null; detail: string | null }

export async function listFailedAttempts(db: Queryable, runId: number): Promise<FailedAttempt[]> {
  const rows = await db.execute<FailedAttempt>(sql`
    select attempt, ${iso(sql`ended_at`)} as "endedAt", failure_code as code, failure_detail as detail from attempts a where run_id = ${runId} and failure_code is not null order by attempt desc`)
  return [...rows]
}

/** Jobs that ever raised an exception and codes that ever were: the choices of the filters. */
export async function listExceptionChoices(
  db: Queryable,
  scope: readonly string[],
): Promise<{ jobs: string[]; codes: string[] }> {
  const seen = scope.includes('*')
    ? sql`true`
    : sql`(cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))`
  const [row] = await db.execute<{ jobs: string[]; codes: string[] }>(sql`
    select coalesce(array_agg(distinct j.name order by j.name), '{}') as jobs, coalesce(array_agg(distinct e.code order by e.code), '{}') as codes
    from exceptions e join jobs j on j.job_id = e.job_id where ${seen}`)
  return row!
}
