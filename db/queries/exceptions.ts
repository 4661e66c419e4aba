import { sql } from 'drizzle-orm'
import { AGE_BUCKETS, type AgeBucket } from '#server/domain/age.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { jobsOfCause } from '../load/exceptions.ts'
import { inScope } from './totals.ts'

/** amount: at stake, decimal string. Business: debit and credit of the waiting records, the larger side. Control: stated minus found. */
export type ExceptionRow = {
  exceptionId: number
  failureClass: FailureClass
  code: string
  title: string
  detail: string
  job: string
  owner: string
  subject: Record<string, string>
  occurrences: number
  amounts: { currency: string; amount: string; occurrences: number }[]
  entities: string[]
  openedAt: string
  lastSeenAt: string
  closedAt: string | null
  /** Null where what failed is that no run came. */
  openedRunId: number | null
  lastRunId: number | null
  closedByRunId: number | null
  previousExceptionId: number | null
}

export type ExceptionsFilter = {
  readonly state?: 'open' | 'closed' | 'all' | undefined
  readonly classes?: readonly FailureClass[] | undefined
  readonly job?: string | undefined
  readonly code?: string | undefined
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly currency?: string | undefined
  readonly runId?: number | undefined
  readonly exceptionId?: number | undefined
  /** Business days since it was opened, Monday to Friday, counted up to `today`. */
  readonly age?: { readonly bucket: AgeBucket; readonly today: string } | undefined
  /** Business dates, in UTC, of when it was closed. */
  readonly closedFrom?: string | undefined
  readonly closedTo?: string | undefined
  /** Keyset by exception id: older than, newer than. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit?: number | undefined
  readonly scope: readonly string[]
}

type Found = Omit<ExceptionRow, 'occurrences' | 'amounts'>

/**
 * Exceptions, newest first, with occurrences and amounts counted from the rows behind them, of these entities, period and
 * version only. With a run: what that run found, whatever became of it later; without: what still waits (closed ones show
 * what they were closed with).
 */
export async function listExceptions(db: Queryable, filter: ExceptionsFilter): Promise<ExceptionRow[]> {
  const { before, after, limit = 500 } = filter
  const backwards = after !== undefined && before === undefined
  const keyset = backwards ? sql`e.exception_id > ${after}` : before === undefined ? sql`true` : sql`e.exception_id < ${before}`
  const found = await db.execute<Found>(sql`
    select e.exception_id as "exceptionId", e.failure_class as "failureClass", e.code, e.title, e.detail, j.name as job,
      coalesce(e.subject->>'owner', v.definition->>'owner') as owner, e.subject, e.entities,
      ${iso(sql`e.opened_at`)} as "openedAt", ${iso(sql`e.last_seen_at`)} as "lastSeenAt", ${iso(sql`e.closed_at`)} as "closedAt",
      e.opened_run_id as "openedRunId", e.last_run_id as "lastRunId", e.closed_by_run_id as "closedByRunId", e.previous_exception_id as "previousExceptionId"
    from exceptions e join jobs j on j.job_id = e.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where ${matchesException(filter)} and ${keyset} order by e.exception_id ${backwards ? sql`asc` : sql`desc`} limit ${limit}`)
  const waiting = await sumBehind(
    db,
    found.map(({ exceptionId }) => exceptionId),
    filter,
  )
  const rows = found.map((row): ExceptionRow => {
    const amounts = waiting.get(row.exceptionId) ?? []
    return {
      ...row,
      occurrences: Math.max(
        1,
        amounts.reduce((sum, { occurrences }) => sum + occurrences, 0),
      ),
      amounts,
    }
  })
  return backwards ? rows.reverse() : rows
}

/**
 * What stands behind each of these exceptions, per currency. Asked by number: told only by the list they are on, the planner takes
 * them for a few and looks up each of a hundred thousand records by itself, on one processor.
 */
async function sumBehind(
  db: Queryable,
  exceptionIds: readonly number[],
  filter: ExceptionsFilter,
): Promise<Map<number, ExceptionRow['amounts']>> {
  const behind = new Map<number, ExceptionRow['amounts']>()
  if (exceptionIds.length === 0) return behind
  const { runId } = filter
  const ids = sql`any(${sql.param(exceptionIds)}::int[])`
  const rows = await db.execute<ExceptionRow['amounts'][number] & { exceptionId: number }>(sql`
    select r.exception_id as "exceptionId", x.currency, count(*)::int as occurrences, greatest(sum(abs(x.debit)), sum(abs(x.credit)))::text as amount
    from ${standingOf(ids, runId)} r join rejected_records x on x.rejected_id = r.rejected_id where ${inSlice(filter)} group by 1, 2
    union all
    select c.exception_id, coalesce(c.currency, ''), count(*)::int, sum(c.claimed - c.found)::text
    from claims c join exceptions e on e.exception_id = c.exception_id
    where c.exception_id = ${ids} and c.run_id = ${runId === undefined ? sql`e.last_run_id` : sql`${runId}::int`} group by 1, 2
    order by 1, 2`)
  for (const { exceptionId, ...amount } of rows) behind.set(exceptionId, [...(behind.get(exceptionId) ?? []), amount])
  return behind
}

/** How many exceptions of each class listExceptions would list in all. */
export async function countExceptions(
  db: Queryable,
  filter: Omit<ExceptionsFilter, 'before' | 'after' | 'limit'>,
): Promise<Record<FailureClass, number>> {
  const rows = await db.execute<{ failure_class: FailureClass; n: number }>(sql`
    select e.failure_class, count(*)::int as n from exceptions e join jobs j on j.job_id = e.job_id where ${matchesException(filter)} group by 1`)
  return byClass(rows)
}

/** How many exceptions of the filter are of which class and how old; only ages that there are. */
export async function countExceptionsByAge(
  db: Queryable,
  filter: Omit<ExceptionsFilter, 'before' | 'after' | 'limit' | 'age'>,
  today: string,
): Promise<{ failureClass: FailureClass; days: number; count: number }[]> {
  const rows = await db.execute<{ failureClass: FailureClass; days: number; count: number }>(sql`
    select e.failure_class as "failureClass", ${businessDaysOpen(today)} as days, count(*)::int as count
    from exceptions e join jobs j on j.job_id = e.job_id where ${matchesException(filter)} group by 1, 2`)
  return [...rows]
}

/**
 * The rejections behind an exception `e`. One counts while no later run judged its record again; of a closed exception, those of the
 * last run that saw it. Two halves, each with its index: as one condition with an `or` every exception read all rejections there are.
 */
export const standing = (runId?: number) =>
  halves((of) => sql`rejections ${of} where ${of}.exception_id = e.exception_id and ${of}.code = e.code`, runId)

/** The same of several exceptions, by their numbers. */
const standingOf = (ids: ReturnType<typeof sql>, runId?: number) =>
  halves(
    (of) =>
      sql`rejections ${of} join exceptions e on e.exception_id = ${of}.exception_id and e.code = ${of}.code where ${of}.exception_id = ${ids}`,
    runId,
  )

function halves(from: (of: ReturnType<typeof sql>) => ReturnType<typeof sql>, runId?: number) {
  const [stands, stood] =
    runId === undefined
      ? [sql`true`, sql`e.closed_at is not null and b.run_id = e.last_run_id`]
      : [sql`a.run_id = ${runId}`, sql`b.run_id = ${runId}`]
  return sql`(
    select a.* from ${from(sql`a`)} and a.replaced_by_run_id is null and ${stands}
    union all select b.* from ${from(sql`b`)} and b.replaced_by_run_id is not null and ${stood})`
}

/** Of a query with exceptions as `e` and their jobs as `j`. */
export function matchesException(filter: ExceptionsFilter) {
  const { runId, entity, period, version, currency, scope } = filter
  const parts = [sql`true`]
  if (runId !== undefined)
    parts.push(
      sql`(e.last_run_id = ${runId} or e.opened_run_id = ${runId} or exists (select from rejections r where r.exception_id = e.exception_id and r.run_id = ${runId}) or exists (select from claims c where c.exception_id = e.exception_id and c.run_id = ${runId})
        or exists (select from runs x where x.run_id = ${runId} and ${stopped(sql`x`)}))`,
    )
  if ((filter.state ?? (runId === undefined ? 'open' : 'all')) === 'open') parts.push(sql`e.closed_at is null`)
  if (filter.state === 'closed') parts.push(sql`e.closed_at is not null`)
  if (filter.classes) parts.push(sql`e.failure_class in ${filter.classes}`)
  if (filter.job) parts.push(sql`(j.name = ${filter.job} or ${filter.job} = any(${jobsOfCause}))`)
  if (filter.code) parts.push(sql`e.code = ${filter.code}`)
  if (entity) parts.push(sql`${entity} = any(e.entities)`)
  if (filter.age) {
    const [from, to] = AGE_BUCKETS[filter.age.bucket]
    const days = businessDaysOpen(filter.age.today)
    parts.push(to === null ? sql`${days} >= ${from}` : sql`${days} between ${from} and ${to}`)
  }
  if (filter.closedFrom) parts.push(sql`e.closed_at >= ${filter.closedFrom}::date::timestamp at time zone 'UTC'`)
  if (filter.closedTo) parts.push(sql`e.closed_at < (${filter.closedTo}::date + 1)::timestamp at time zone 'UTC'`)
  if (filter.exceptionId) parts.push(sql`e.exception_id = ${filter.exceptionId}`)
  if (period || version) {
    // A slice is written 'objectType entity period version'.
    const judged = sql`exists (select from unnest(e.slices) slice where ${sql.join(
      [
        ...(entity ? [sql`split_part(slice, ' ', 2) = ${entity}`] : []),
        ...(period ? [sql`split_part(slice, ' ', 3) = ${period}`] : []),
        ...(version
          ? [
              sql`substr(slice, length(concat_ws(' ', split_part(slice, ' ', 1), split_part(slice, ' ', 2), split_part(slice, ' ', 3))) + 2) = ${version}`,
            ]
          : []),
      ],
      sql` and `,
    )})`
    parts.push(sql`(${judged} or ${hasWaiting(filter)})`)
  }
  if (currency)
    parts.push(
      sql`(exists (select from claims c where c.exception_id = e.exception_id and c.run_id = e.last_run_id and c.currency = ${currency}) or ${hasWaiting(filter)})`,
    )
  if (!scope.includes('*'))
    parts.push(sql`(cardinality(e.entities) = 0 or exists (select from unnest(e.entities) x where ${inScope(sql`x`, scope)}))`)
  return sql.join(parts, sql` and `)
}

/** Of exceptions as `e`. The day it was opened counts 0; Saturdays and Sundays are not counted. */
export const businessDaysOpen = (today: string) =>
  sql`greatest(0, ${weekdaysUntil(sql`${today}::date`)} - ${weekdaysUntil(sql`(e.opened_at at time zone 'UTC')::date`)})`

/** Counted from a Monday, that day included. Asking for each day whether it is one took longer than all else of a list. */
const weekdaysUntil = (day: ReturnType<typeof sql>) =>
  sql`((${day} - date '1899-12-31') / 7 * 5 + least((${day} - date '1899-12-31') % 7, 5))`

/** Whether a system that did not answer stopped this run: that is one exception, and many runs. Of a query with exceptions as `e`. */
export const stopped = (run: ReturnType<typeof sql>) => sql`exists (
  select from runs s join jobs sj on sj.job_id = s.job_id where s.run_id = ${run}.run_id and e.subject ? 'jobs' and s.status = 'failed' and not s.is_preview
    and sj.name = any(${jobsOfCause}) and s.finished_at >= e.opened_at and s.finished_at <= e.last_seen_at)`

/** Whether the run is the newest of its job and stopped by a system that has not answered since. */
export const isStoppedBySystem = (run: ReturnType<typeof sql>) => sql`(${run}.status = 'failed'
  and not exists (select from runs n where n.job_id = ${run}.job_id and n.run_id > ${run}.run_id and not n.is_preview)
  and exists (select from exceptions e where e.closed_at is null and e.subject ? 'jobs' and ${stopped(run)}))`

const hasWaiting = (filter: ExceptionsFilter) => sql`exists (
  select from ${standing(filter.runId)} r join rejected_records x on x.rejected_id = r.rejected_id where ${inSlice(filter)})`

/** Rejected records `x` of these entities, period, version and currency. */
export function inSlice({
  entity,
  period,
  version,
  currency,
  scope,
}: Pick<ExceptionsFilter, 'entity' | 'period' | 'version' | 'currency' | 'scope'>) {
  const parts = [inScope(sql`x.entity`, scope)]
  if (entity) parts.push(sql`x.entity = ${entity}`)
  if (period) parts.push(sql`x.period = ${period}`)
  if (version) parts.push(sql`x.version = ${version}`)
  if (currency) parts.push(sql`x.currency = ${currency}`)
  return sql.join(parts, sql` and `)
}

/** Open exceptions by class: separate figures, never one sum. */
export async function countOpenExceptions(db: Queryable, scope: readonly string[]): Promise<Record<FailureClass, number>> {
  const rows = await db.execute<{ failure_class: FailureClass; n: number }>(sql`
    select failure_class, count(*)::int as n from exceptions e where closed_at is null
      and ${scope.includes('*') ? sql`true` : sql`(cardinality(entities) = 0 or exists (select from unnest(entities) x where x in ${scope.length ? scope : ['']}))`} group by 1`)
  return byClass(rows)
}

function byClass(rows: readonly { failure_class: FailureClass; n: number }[]): Record<FailureClass, number> {
  const of = (failureClass: FailureClass) => rows.find((row) => row.failure_class === failureClass)?.n ?? 0
  return {
    business: of('business'),
    control: of('control'),
    technical_transient: of('technical_transient'),
    technical_permanent: of('technical_permanent'),
    unclassified: of('unclassified'),
  }
}
