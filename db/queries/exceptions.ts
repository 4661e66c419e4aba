import { sql } from 'drizzle-orm'
import type { FailureClass } from '#server/domain/errors.ts'
import type { Severity } from '#server/domain/severity.ts'
import type { Ending, Team, TriageState } from '#server/domain/triage.ts'
import type { Queryable } from '../client.ts'
import { intArray } from '../int-array.ts'
import { toldInScope } from '#server/domain/exception-in-scope.ts'
import { iso } from '../iso.ts'
import { holdings } from './held.ts'
import {
  businessDaysOpen,
  dueColumns,
  inSlice,
  isOpen,
  matchesException,
  standingOf,
  type Due,
  type ExceptionsFilter,
} from './exception-filter.ts'

/** amount: at stake, decimal string. Business: debit and credit of the waiting records, the larger side. Control: stated minus found. */
export type ExceptionRow = Due & {
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
  /** What people make of it while it is not fixed. */
  state: TriageState
  team: Team
  /** Sign-in; null: nobody has it. */
  assignee: string | null
  severity: Severity
  dueAt: string
  /** Business days of its calendar since it was opened. */
  age: number
  routedBy: string
  waivedUntil: string | null
  revision: number
  /** Sign-in of who said what it is, and the rule that says so for all of its kind. */
  classifiedBy: string | null
  ruleId: number | null
  /** The finance process at risk, as its job says. */
  process: string
  proposal: { ending: Ending; by: string; until: string | null } | null
  notes: number
  /** Runs that are held while it stands. */
  heldRuns: number[]
  /** A control over more than the reader may see: its figures are left out. */
  isRedacted: boolean
}

type Found = Omit<ExceptionRow, 'occurrences' | 'amounts' | 'isRedacted'>
/** `now`: what is late, and the business date ages are counted to; without, the clock of this machine. */
export type ExceptionsAsked = ExceptionsFilter & { readonly now?: Date | undefined; readonly today?: string | undefined }

/**
 * Exceptions, newest first, with occurrences and amounts counted from the rows behind them, of these entities, period and
 * version only. With a run: what that run found, whatever became of it later; without: what still waits (closed ones show
 * what they were closed with). Each tells no more than whoever has this scope may know.
 */
export async function listExceptions(db: Queryable, filter: ExceptionsAsked): Promise<ExceptionRow[]> {
  const { before, after, limit = 500, now = new Date(), today = now.toISOString().slice(0, 10) } = filter
  const backwards = after !== undefined && before === undefined
  const keyset = backwards ? sql`e.exception_id > ${after}` : before === undefined ? sql`true` : sql`e.exception_id < ${before}`
  const found = await db.execute<Found>(sql`
    with held as materialized (select h.exception_id, array_agg(h.run_id order by h.run_id) as runs from ${holdings} h group by 1)
    select e.exception_id as "exceptionId", e.failure_class as "failureClass", e.code, e.title, e.detail, j.name as job,
      coalesce(e.subject->>'owner', v.definition->>'owner') as owner, e.subject, e.entities,
      ${iso(sql`e.opened_at`)} as "openedAt", ${iso(sql`e.last_seen_at`)} as "lastSeenAt", ${iso(sql`e.closed_at`)} as "closedAt",
      e.opened_run_id as "openedRunId", e.last_run_id as "lastRunId", e.closed_by_run_id as "closedByRunId", e.previous_exception_id as "previousExceptionId",
      e.state, e.team, e.assignee, e.severity, ${iso(sql`e.due_at`)} as "dueAt", ${businessDaysOpen(today)} as age, e.routed_by as "routedBy", e.waived_until::text as "waivedUntil",
      e.revision, e.classified_by as "classifiedBy", e.rule_id as "ruleId", coalesce(v.definition->>'process', '') as process,
      (select jsonb_build_object('ending', d.ending, 'by', d.proposed_by, 'until', d.until) from exception_endings d where d.exception_id = e.exception_id and d.decision is null) as proposal,
      (select count(*)::int from exception_notes n where n.exception_id = e.exception_id) as notes, coalesce((select h.runs from held h where h.exception_id = e.exception_id), '{}') as "heldRuns", ${dueColumns(now)}
    from exceptions e join jobs j on j.job_id = e.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version
    where ${matchesException(filter)} and ${keyset} order by e.exception_id ${backwards ? sql`asc` : sql`desc`} limit ${limit}`)
  const waiting = await sumBehind(db, found, filter)
  const rows = found.map((row): ExceptionRow => {
    const told = toldInScope(row, filter.scope)
    const amounts = (!told.isRedacted && waiting.get(row.exceptionId)) || []
    return {
      ...row,
      ...told,
      ...(told.isRedacted && { subject: {} }),
      occurrences: Math.max(
        1,
        amounts.reduce((sum, { occurrences }) => sum + occurrences, 0),
      ),
      amounts,
    }
  })
  return backwards ? rows.reverse() : rows
}

/** The numbers of all that match, newest first. */
export async function listExceptionIds(
  db: Queryable,
  filter: Omit<ExceptionsFilter, 'before' | 'after' | 'limit'>,
): Promise<number[]> {
  const rows = await db.execute<{ exceptionId: number }>(sql`
    select e.exception_id as "exceptionId" from exceptions e join jobs j on j.job_id = e.job_id where ${matchesException(filter)} order by 1 desc`)
  return rows.map(({ exceptionId }) => exceptionId)
}

/** What stands behind each of these exceptions, per currency. Asked by number: told by the list they are on, the planner takes them for a few. */
async function sumBehind(
  db: Queryable,
  found: readonly Pick<Found, 'exceptionId' | 'closedAt'>[],
  filter: ExceptionsFilter,
): Promise<Map<number, ExceptionRow['amounts']>> {
  const behind = new Map<number, ExceptionRow['amounts']>()
  if (found.length === 0) return behind
  const { runId } = filter
  const idsOf = (isWanted: (row: (typeof found)[number]) => boolean) =>
    found.filter(isWanted).map(({ exceptionId }) => exceptionId)
  const open = idsOf(({ closedAt }) => closedAt === null)
  const closed = idsOf(({ closedAt }) => closedAt !== null)
  // What waits behind open ones is in the rollup. The other records are looked up one by one: the planner would read all hundred
  // thousand there are for the ten thousand behind a page.
  const read = standingOf({ open, closed }, runId)
  const rows = await db.execute<ExceptionRow['amounts'][number] & { exceptionId: number }>(sql`
    select exception_id as "exceptionId", currency, sum(records)::int as occurrences, greatest(sum(debit), sum(credit))::text as amount from (
      select r.exception_id, x.currency, count(*) as records, sum(abs(x.debit)) as debit, sum(abs(x.credit)) as credit
      from ${read} r cross join lateral (select * from rejected_records x where x.rejected_id = r.rejected_id offset 0) x where ${inSlice(filter)} group by 1, 2
      union all
      select b.exception_id, x.currency, x.records, x.debit, x.credit from waiting_records x cross join unnest(x.exception_ids) as b (exception_id)
      where ${runId === undefined ? sql`true` : sql`x.run_id = ${runId}`} and x.exception_ids && ${intArray(open)} and b.exception_id = any(${intArray(open)}) and ${inSlice(filter)}) records group by 1, 2
    union all
    select c.exception_id, coalesce(c.currency, ''), count(*)::int, sum(c.claimed - c.found)::text
    from claims c join exceptions e on e.exception_id = c.exception_id
    where c.exception_id = any(${intArray([...open, ...closed])}) and c.run_id = ${runId === undefined ? sql`e.last_run_id` : sql`${runId}::int`} group by 1, 2
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

/** Open exceptions by class: separate figures, never one sum. */
export async function countOpenExceptions(db: Queryable, scope: readonly string[]): Promise<Record<FailureClass, number>> {
  const rows = await db.execute<{ failure_class: FailureClass; n: number }>(sql`
    select failure_class, count(*)::int as n from exceptions e where ${isOpen}
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
