import { sql, type SQL } from 'drizzle-orm'
import { AGE_BUCKETS, type AgeBucket } from '#server/domain/age.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import type { Severity } from '#server/domain/severity.ts'
import type { Team, TriageState } from '#server/domain/triage.ts'
import { intArray } from '../int-array.ts'
import { jobsOfCause } from '../load/exceptions.ts'
import { concerns, heldRuns } from './held.ts'
import { inScope } from './totals.ts'

export type ExceptionsFilter = {
  /** open: somebody must act. ended: waived, rejected or done outside, which is not fixed. closed: fixed. */
  readonly state?: 'open' | 'ended' | 'closed' | 'all' | undefined
  readonly classes?: readonly FailureClass[] | undefined
  readonly job?: string | undefined
  readonly code?: string | undefined
  readonly entity?: string | undefined
  readonly period?: string | undefined
  readonly version?: string | undefined
  readonly currency?: string | undefined
  readonly runId?: number | undefined
  /** An entity: failures that name it, or that name none and stop a job that ever brought it. */
  readonly stops?: string | undefined
  readonly exceptionId?: number | undefined
  readonly exceptionIds?: readonly number[] | undefined
  readonly team?: Team | undefined
  /** Sign-in of who has it; '' is nobody. */
  readonly assignee?: string | undefined
  readonly severity?: Severity | undefined
  /** What is made of those that are open. */
  readonly triage?: TriageState | undefined
  /** Due before this instant and not fixed. */
  readonly dueBefore?: string | undefined
  /** Fixed before, and there again. */
  readonly isRegressed?: boolean | undefined
  /** An ending is proposed and waits for a second person. */
  readonly hasProposal?: boolean | undefined
  /** Sign-in of somebody a note names. */
  readonly mentions?: string | undefined
  /** Words of the title, the code or the job; all must be there. */
  readonly text?: string | undefined
  /** Business days of its calendar since it was opened, counted up to `today`. */
  readonly age?: { readonly bucket: AgeBucket; readonly today: string } | undefined
  /** More business days than these, counted in the same way. */
  readonly olderThan?: { readonly days: number; readonly today: string } | undefined
  /** More than this decimal is shown at stake in one currency; currencies are never added up. */
  readonly above?: string | undefined
  /** Business dates, in UTC, of when it was closed. */
  readonly closedFrom?: string | undefined
  readonly closedTo?: string | undefined
  /** Keyset by exception id: older than, newer than. */
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit?: number | undefined
  readonly scope: readonly string[]
}

/** Somebody must act: neither fixed nor ended by a second person. Of exceptions as `e`. */
export const isOpen = sql`e.closed_at is null and e.state not in ('waived', 'rejected', 'done_outside')`

/** Open failures and the entities they stop: those they name; where they name none, those that a job they stop ever brought. */
export const failuresByEntity = sql`(
  with failure as materialized (
    select e.exception_id, case when e.failure_class = 'unclassified' then 'unclassified' else 'technical' end as class, e.entities, e.job_id, ${jobsOfCause} as names
    from exceptions e where ${isOpen} and e.failure_class in ('technical_transient', 'technical_permanent', 'unclassified')),
  stopped as materialized (
    select f.exception_id, f.class, j.job_id from failure f join jobs j on j.job_id = f.job_id or j.name = any(f.names) where cardinality(f.entities) = 0),
  brought as materialized (
    select distinct r.job_id, c.entity from runs r join control_totals c on c.run_id = r.run_id where r.job_id in (select job_id from stopped) and not r.is_preview and c.entity <> '')
  select exception_id, class, unnest(entities) as entity from failure
  union select s.exception_id, s.class, b.entity from stopped s join brought b on b.job_id = s.job_id)`

/** Of runs as `r`: failed or held behind what is not closed and somebody in scope sees: they must mend, restart or replay them. */
export const isToMend = (scope: readonly string[]) => sql`(not r.is_preview and (r.run_id in ${heldRuns(scope)}
  or r.status = 'failed' and (${isStoppedBySystem(sql`r`)} or r.run_id in (select e.last_run_id from exceptions e where e.closed_at is null and ${concerns(scope)}))))`

/** Of a query with exceptions as `e` and their jobs as `j`. */
export function matchesException(filter: ExceptionsFilter) {
  const { runId, entity, period, version, currency, scope } = filter
  const parts = [sql`true`]
  if (runId !== undefined)
    parts.push(
      sql`(e.last_run_id = ${runId} or e.opened_run_id = ${runId} or e.exception_id = any(array(select unnest(w.exception_ids) from waiting_records w where w.run_id = ${runId}))
        or exists (select from rejections r where r.exception_id = e.exception_id and r.run_id = ${runId} and r.replaced_by_run_id is not null) or exists (select from claims c where c.exception_id = e.exception_id and c.run_id = ${runId})
        or exists (select from runs x where x.run_id = ${runId} and ${stopped(sql`x`)}))`,
    )
  const state = filter.state ?? (runId === undefined ? 'open' : 'all')
  if (state === 'open') parts.push(isOpen)
  if (state === 'ended') parts.push(sql`e.closed_at is null and not (${isOpen})`)
  if (state === 'closed') parts.push(sql`e.closed_at is not null`)
  if (filter.classes) parts.push(sql`e.failure_class in ${filter.classes}`)
  if (filter.job) parts.push(sql`(j.name = ${filter.job} or ${filter.job} = any(${jobsOfCause}))`)
  if (filter.code) parts.push(sql`e.code = ${filter.code}`)
  if (entity) parts.push(sql`${entity} = any(e.entities)`)
  if (filter.stops)
    parts.push(
      sql`e.exception_id in (select f.exception_id from ${failuresByEntity} f where f.entity = ${filter.stops} and ${inScope(sql`f.entity`, scope)})`,
    )
  if (filter.age) {
    const [from, to] = AGE_BUCKETS[filter.age.bucket]
    const days = businessDaysOpen(filter.age.today)
    parts.push(to === null ? sql`${days} >= ${from}` : sql`${days} between ${from} and ${to}`)
  }
  if (filter.olderThan) parts.push(sql`${businessDaysOpen(filter.olderThan.today)} > ${filter.olderThan.days}`)
  if (filter.above) parts.push(hasAtStake(filter, filter.above))
  if (filter.closedFrom) parts.push(sql`e.closed_at >= ${filter.closedFrom}::date::timestamp at time zone 'UTC'`)
  if (filter.closedTo) parts.push(sql`e.closed_at < (${filter.closedTo}::date + 1)::timestamp at time zone 'UTC'`)
  if (filter.exceptionId) parts.push(sql`e.exception_id = ${filter.exceptionId}`)
  if (filter.exceptionIds) parts.push(sql`e.exception_id = any(${intArray(filter.exceptionIds)})`)
  parts.push(...matchesTriage(filter))
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
  if (!scope.includes('*')) parts.push(concerns(scope))
  return sql.join(parts, sql` and `)
}

function matchesTriage({
  team,
  assignee,
  severity,
  triage,
  dueBefore,
  isRegressed,
  hasProposal,
  mentions,
  text,
  scope,
}: ExceptionsFilter) {
  const parts = []
  if (team) parts.push(sql`e.team = ${team}`)
  if (assignee !== undefined) parts.push(assignee === '' ? sql`e.assignee is null` : sql`e.assignee = ${assignee}`)
  if (severity) parts.push(sql`e.severity = ${severity}`)
  if (triage) parts.push(sql`e.state = ${triage}`)
  if (dueBefore) parts.push(sql`e.due_at < ${dueBefore}::timestamptz`)
  if (isRegressed) parts.push(sql`e.previous_exception_id is not null`)
  if (hasProposal)
    parts.push(sql`exists (select from exception_endings d where d.exception_id = e.exception_id and d.decision is null)`)
  if (mentions)
    parts.push(
      sql`exists (select from exception_notes n where n.exception_id = e.exception_id and n.mentions @> array[${mentions}])`,
    )
  for (const word of text?.split(/\s+/).filter(Boolean) ?? [])
    parts.push(sql`strpos(lower(concat_ws(' ', ${toldTitle(scope)}, e.code, j.name, e.exception_id)), lower(${word})) > 0`)
  return parts
}

/** The figures in the title of a control are kept back from who sees only a part of what it covers: a search must not give them away. */
const toldTitle = (scope: readonly string[]) => sql`case when ${isKeptBack(scope)} then '' else e.title end`
const isKeptBack = (scope: readonly string[]) =>
  scope.includes('*')
    ? sql`false`
    : sql`e.failure_class = 'control' and exists (select from unnest(e.entities) x where not ${inScope(sql`x`, scope)})`

/** By the amounts that are shown: of what waits, or of what a closed one was closed with, the larger side; of a control, stated minus found. */
function hasAtStake(filter: ExceptionsFilter, above: string) {
  const { runId, currency, scope } = filter
  const behind = sql`exists (select from ${standing(runId)} r join rejected_records x on x.rejected_id = r.rejected_id where ${inSlice(filter)}
    group by x.currency having greatest(sum(abs(x.debit)), sum(abs(x.credit))) > ${above}::numeric)`
  // Read once, not once an exception.
  const waits = sql`e.exception_id = any(array(select b.exception_id from waiting_records x cross join unnest(x.exception_ids) as b (exception_id) where ${inSlice(filter)}
    group by b.exception_id, x.currency having greatest(sum(x.debit), sum(x.credit)) > ${above}::numeric))`
  const records = runId === undefined ? sql`case when e.closed_at is null then ${waits} else ${behind} end` : behind
  const stated = sql`exists (select from claims c where c.exception_id = e.exception_id and c.run_id = ${runId === undefined ? sql`e.last_run_id` : sql`${runId}::int`}
    and ${currency ? sql`c.currency = ${currency}` : sql`c.currency is not null`} group by c.currency having abs(sum(c.claimed - c.found)) > ${above}::numeric)`
  return sql`(${records} or (${stated} and not (${isKeptBack(scope)})))`
}

/** Of exceptions as `e`. The day it was opened counts 0; days nobody works on by its calendar are not counted. */
export const businessDaysOpen = (today: string) =>
  sql`greatest(0, ${workingDaysUntil(sql`${today}::date`)} - ${workingDaysUntil(sql`e.opened_on`)})`

export type Due = {
  timeZone: string
  /** Business days from today to the day it is due, on the wall of its calendar; below zero: it was due. */
  dueIn: number
  isLate: boolean
}

/** The columns of Due, of exceptions as `e`. */
export function dueColumns(now: Date) {
  const at = sql`${now.toISOString()}::timestamptz`
  const zone = sql`coalesce((select k.definition->>'timeZone' from calendars k where k.code = e.calendar), 'UTC')`
  const until = (instant: ReturnType<typeof sql>) => workingDaysUntil(sql`(${instant} at time zone ${zone})::date`)
  return sql`${zone} as "timeZone", ${until(sql`e.due_at`)} - ${until(at)} as "dueIn", e.due_at < ${at} as "isLate"`
}

const workingDaysUntil = (day: ReturnType<typeof sql>) =>
  sql`coalesce((select d.working_days from calendar_days d where d.calendar = e.calendar and d.day = ${day}), 0)`

/** Whether a system that did not answer stopped this run: that is one exception, and many runs. Of a query with exceptions as `e`. */
export const stopped = (run: ReturnType<typeof sql>) => sql`exists (
  select from runs s join jobs sj on sj.job_id = s.job_id where s.run_id = ${run}.run_id and e.subject ? 'jobs' and s.status = 'failed' and not s.is_preview
    and sj.name = any(${jobsOfCause}) and s.finished_at >= e.opened_at and s.finished_at <= e.last_seen_at)`

/** Whether the run is the newest of its job and stopped by a system that has not answered since. */
export const isStoppedBySystem = (run: ReturnType<typeof sql>) => sql`(${run}.status = 'failed'
  and not exists (select from runs n where n.job_id = ${run}.job_id and n.run_id > ${run}.run_id and not n.is_preview)
  and exists (select from exceptions e where e.closed_at is null and e.subject ? 'jobs' and ${stopped(run)}))`

function hasWaiting(filter: ExceptionsFilter) {
  const behind = sql`exists (select from ${standing(filter.runId)} r join rejected_records x on x.rejected_id = r.rejected_id where ${inSlice(filter)})`
  if (filter.runId !== undefined) return behind
  // Read once, not once an exception.
  const waits = sql`e.exception_id = any(array(select distinct unnest(x.exception_ids) from waiting_records x where ${inSlice(filter)}))`
  return sql`case when e.closed_at is null then ${waits} else ${behind} end`
}

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

/**
 * The rejections behind an exception `e`. One counts while no later run judged its record again; of a closed exception, those of the
 * last run that saw it; with a run, what that run found. Two halves, each with its index: as one condition with an `or` every exception
 * read all rejections there are.
 */
export function standing(runId?: number) {
  const of = (r: SQL) => sql`rejections ${r} where ${r}.exception_id = e.exception_id and ${r}.code = e.code`
  return halves(of, of, runId)
}

/** The same of several exceptions, by their numbers, but for what still waits behind open ones: that is in the rollup `waiting_records`. */
export function standingOf(exceptions: { readonly open: readonly number[]; readonly closed: readonly number[] }, runId?: number) {
  const of = (ids: readonly number[]) => (r: SQL) =>
    sql`
    rejections ${r} join exceptions e on e.exception_id = ${r}.exception_id and e.code = ${r}.code where ${r}.exception_id = any(${intArray(ids)})`
  return halves(
    of(exceptions.closed),
    of(runId === undefined ? exceptions.closed : [...exceptions.open, ...exceptions.closed]),
    runId,
  )
}

function halves(waiting: (r: SQL) => SQL, judgedAgain: (r: SQL) => SQL, runId?: number) {
  const [stands, stood] =
    runId === undefined
      ? [sql`true`, sql`e.closed_at is not null and b.run_id = e.last_run_id`]
      : [sql`a.run_id = ${runId}`, sql`b.run_id = ${runId}`]
  return sql`(
    select a.* from ${waiting(sql`a`)} and a.replaced_by_run_id is null and ${stands}
    union all select b.* from ${judgedAgain(sql`b`)} and b.replaced_by_run_id is not null and ${stood})`
}
