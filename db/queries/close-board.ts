import { sql, type SQL } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { failuresByEntity } from './exception-filter.ts'
import { DUE_WITHIN_DAYS } from './reconciliation-screens.ts'
import { heldRuns } from './held.ts'
import { inScope } from './totals.ts'

/** An entity and a period of its calendar: one row of the board. */
export type CloseCell = {
  readonly entity: string
  readonly period: string
  readonly calendar: string
  readonly startsOn: string
  readonly endsOn: string
  /** Feeds expected from its first day until then are those of this period: the last day of the next one. */
  readonly feedsTo: string
  /** Until when it is posted to; null where its calendar does not say. */
  readonly cutOffAt: string | null
}
type Of = { readonly entity: string; readonly period: string }

const cellsOf = (cells: readonly CloseCell[]): SQL => sql`cell as materialized (
  select * from jsonb_to_recordset(${JSON.stringify(cells)}::jsonb) as c (entity text, period text, calendar text, "startsOn" date, "endsOn" date, "feedsTo" date, "cutOffAt" timestamptz))`

export type CloseFeeds = Of & {
  readonly feeds: number
  readonly came: number
  readonly late: number
  readonly missing: number
  readonly missingNames: readonly string[]
}

/** Feeds of jobs that ever brought the entity, by when they were expected. Counted once a job and stretch of days, not once a cell. */
export async function listCloseFeeds(db: Queryable, cells: readonly CloseCell[]): Promise<CloseFeeds[]> {
  const rows = await db.execute<CloseFeeds>(sql`
    with ${cellsOf(cells)},
    brought as materialized (select distinct r.job_id, c.entity from runs r join control_totals c on c.run_id = r.run_id where c.entity in (select entity from cell)),
    stretch as materialized (
      select w."startsOn", w."feedsTo", f.job_id, v.definition->>'title' as title, count(*)::int as feeds, count(*) filter (where f.state in ('arrived', 'late'))::int as came,
        count(*) filter (where f.state = 'late')::int as late, count(*) filter (where f.state = 'missing')::int as missing
      from (select distinct "startsOn", "feedsTo" from cell) w join feeds f on f.expected_by >= w."startsOn"::timestamp at time zone 'UTC' and f.expected_by < (w."feedsTo" + 1)::timestamp at time zone 'UTC'
        join jobs j on j.job_id = f.job_id join job_versions v on v.job_id = j.job_id and v.version = j.current_version group by 1, 2, 3, 4)
    select cell.entity, cell.period, sum(s.feeds)::int as feeds, sum(s.came)::int as came, sum(s.late)::int as late, sum(s.missing)::int as missing,
      coalesce(array_agg(s.title order by s.title) filter (where s.missing > 0), '{}') as "missingNames"
    from cell join brought b on b.entity = cell.entity join stretch s on (s.job_id, s."startsOn", s."feedsTo") = (b.job_id, cell."startsOn", cell."feedsTo") group by 1, 2`)
  return [...rows]
}

export type CloseHeld = Of & { readonly count: number; readonly names: readonly string[] }

export async function listCloseHeld(db: Queryable, cells: readonly CloseCell[], scope: readonly string[]): Promise<CloseHeld[]> {
  const rows = await db.execute<CloseHeld>(sql`
    with ${cellsOf(cells)}
    select c.entity, c.period, count(distinct r.run_id)::int as count, array_agg(distinct 'Run ' || r.run_id || ' of ' || j.name) as names
    from runs r join jobs j on j.job_id = r.job_id join control_totals c on c.run_id = r.run_id join cell on (cell.entity, cell.period) = (c.entity, c.period)
    where r.run_id in ${heldRuns(scope)} group by 1, 2`)
  return [...rows]
}

export type EntityFailures = {
  readonly entity: string
  readonly failureClass: 'technical' | 'unclassified'
  readonly count: number
}

/** Open failures of each entity. They know no period: what stops a system stops every close. */
export async function listOpenFailures(db: Queryable, scope: readonly string[]): Promise<EntityFailures[]> {
  const rows = await db.execute<EntityFailures>(sql`
    select f.entity, f.class as "failureClass", count(distinct f.exception_id)::int as count from ${failuresByEntity} f
    where f.entity <> '' and ${inScope(sql`f.entity`, scope)} group by 1, 2`)
  return [...rows]
}

export type CloseReconciliations = Of & {
  readonly compared: number
  readonly tied: number
  readonly explained: number
  readonly breaks: number
  readonly ready: number
  readonly prepared: number
  readonly certified: number
  readonly superseded: number
  readonly overdue: number
  /** The first day on which one that is not certified is due; null where none is left or no calendar says. */
  readonly nextDueOn: string | null
  readonly breakNames: readonly string[]
  readonly readyNames: readonly string[]
  readonly preparedNames: readonly string[]
}

/** What was compared, and how it stands. `today`: an ISO date; what was due before it and is not certified is overdue. */
export async function listCloseReconciliations(
  db: Queryable,
  cells: readonly CloseCell[],
  { version, today }: { readonly version?: string | undefined; readonly today: string },
): Promise<CloseReconciliations[]> {
  const named = (state: string) => sql`coalesce(array_agg(r.title order by r.title) filter (where r.state = ${state}), '{}')`
  const rows = await db.execute<CloseReconciliations>(sql`
    with ${cellsOf(cells)},
    due as materialized (
      select p.calendar, p.period, w.working_day, (
        select min(day.day) from calendar_days day where day.calendar = f.calendar and day.day > f.ends_on and day.day <= f.ends_on + ${DUE_WITHIN_DAYS}::int
          and day.working_days = last.working_days + w.working_day) as due_on
      from (select distinct calendar, period from cell) p join fiscal_periods f on (f.calendar, f.period) = (p.calendar, p.period)
        join calendar_days last on last.calendar = f.calendar and last.day = f.ends_on
        cross join (select distinct (definition->'due'->>'workingDay')::int as working_day from reconciliation_versions) w),
    found as materialized (
      select r.entity, r.period, r.state, v.definition->>'title' as title, r.certification_id is not null and r.state <> 'certified' as is_superseded,
        exists (select from comparison_parts x where x.comparison_id = r.comparison_id) as differs, due.due_on
      from cell join reconciliations r on (r.entity, r.period) = (cell.entity, cell.period) join comparisons c on c.comparison_id = r.comparison_id
        join reconciliation_versions v on v.definition_id = r.definition_id and v.version = c.definition_version
        left join due on (due.calendar, due.period, due.working_day) = (cell.calendar, cell.period, (v.definition->'due'->>'workingDay')::int)
      where ${version ? sql`r.version = ${version}` : sql`true`})
    select r.entity, r.period, count(*)::int as compared, count(*) filter (where r.state <> 'breaks' and not r.differs)::int as tied,
      count(*) filter (where r.state <> 'breaks' and r.differs)::int as explained, count(*) filter (where r.state = 'breaks')::int as breaks,
      count(*) filter (where r.state = 'ready')::int as ready, count(*) filter (where r.state = 'prepared')::int as prepared,
      count(*) filter (where r.state = 'certified')::int as certified, count(*) filter (where r.is_superseded)::int as superseded,
      count(*) filter (where r.state <> 'certified' and r.due_on < ${today}::date)::int as overdue,
      (min(r.due_on) filter (where r.state <> 'certified'))::text as "nextDueOn",
      ${named('breaks')} as "breakNames", ${named('ready')} as "readyNames", ${named('prepared')} as "preparedNames"
    from found r group by 1, 2`)
  return [...rows]
}

export type NotCompared = Of & { readonly title: string; readonly name: string }

/**
 * Reconciliations of an entity and period that were not compared, because no side has figures, although they were in an earlier period:
 * what has come each month and has not come now.
 */
export async function listNotCompared(
  db: Queryable,
  cells: readonly CloseCell[],
  version?: string | undefined,
): Promise<NotCompared[]> {
  const rows = await db.execute<NotCompared>(sql`
    with ${cellsOf(cells)},
    first as materialized (select definition_id, entity, min(period collate "C") as period from reconciliations group by 1, 2)
    select cell.entity, cell.period, v.definition->>'title' as title, d.name
    from cell cross join reconciliation_definitions d join reconciliation_versions v on v.definition_id = d.definition_id and v.version = d.current_version
      join first on (first.definition_id, first.entity) = (d.definition_id, cell.entity) and first.period <= cell.period collate "C"
    where ${version ? sql`v.definition->>'version' = ${version}` : sql`true`}
      and coalesce(v.definition->>'since', '') <= cell.period collate "C" and coalesce(v.definition->'entities' ? cell.entity, true)
      and not exists (select from reconciliations r where (r.definition_id, r.entity, r.period, r.version) = (d.definition_id, cell.entity, cell.period, v.definition->>'version') and r.comparison_id is not null)
    order by 1, 2, 3`)
  return [...rows]
}

export type CloseUnexplained = Of & { readonly currency: string; readonly amount: string }

/** What nothing explains, without regard to sign, per currency: as the list of reconciliations says it of each. */
export async function listCloseUnexplained(
  db: Queryable,
  cells: readonly CloseCell[],
  version?: string | undefined,
): Promise<CloseUnexplained[]> {
  const rows = await db.execute<CloseUnexplained>(sql`
    with ${cellsOf(cells)},
    key as (
      select r.entity, r.period, r.reconciliation_id, x.side, x.account_group, x.currency, x.key, sum(x.amount) as amount
      from cell join reconciliations r on (r.entity, r.period) = (cell.entity, cell.period) join comparison_parts x on x.comparison_id = r.comparison_id
      where x.bucket = 'unexplained' and ${version ? sql`r.version = ${version}` : sql`true`} group by 1, 2, 3, 4, 5, 6, 7),
    said as materialized (
      select reconciliation_id, side, account_group, currency, key, sum(amount) as amount from explanations where withdrawn_at is null group by 1, 2, 3, 4, 5)
    select k.entity, k.period, k.currency, sum(abs(k.amount - coalesce(s.amount, 0)))::text as amount
    from key k left join said s on (s.reconciliation_id, s.side, s.account_group, s.currency, s.key) = (k.reconciliation_id, k.side, k.account_group, k.currency, k.key)
    group by 1, 2, 3 having sum(abs(k.amount - coalesce(s.amount, 0))) <> 0 order by 1, 2, 3`)
  return [...rows]
}
